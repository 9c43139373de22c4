"""The answers that the caller gave, from wherever they came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from .catalogue import Catalogue
from .compatibility import broken_rule
from .errors import CalledWrongly
from .messages import shown
from .presets import preset

_PROJECT_NAME: Final = re.compile(r"\A[a-z][a-z0-9-]{0,38}[a-z0-9]\Z")


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line; a later kind wins: preset, file, pairs."""

    pairs: Sequence[str] = ()
    file: Path | None = None
    preset: str | None = None
    defaults: bool = False

    @property
    def settles_all(self) -> bool:
        """Whether what was not said takes its default, instead of being asked."""
        return self.defaults or self.preset is not None


def gathered(given: Given, catalogue: Catalogue) -> dict[str, str]:
    """All answers given, each checked; CalledWrongly names the first that cannot be."""
    named = preset(given.preset, catalogue) if given.preset is not None else {}
    filed = catalogue.checked(_read(given.file)) if given.file is not None else {}
    paired = catalogue.checked(_split(given.pairs))
    return {**named, **filed, **paired}


def refuse_incompatible(answers: dict[str, str], catalogue: Catalogue) -> None:
    defaults = {row.id: row.default for row in catalogue.questions if row.choices}
    rule = broken_rule({**defaults, **answers})
    if rule is not None:
        whole = {**defaults, **answers}
        raise CalledWrongly(
            "incompatible",
            first=f"{rule.question}={whole[rule.question]}",
            second=f"{rule.other}={whole[rule.other]}",
            because=rule.because,
        )


def refuse_unasked(answers: dict[str, str], catalogue: Catalogue) -> None:
    """Without a terminal every question that would be asked needs its answer."""
    missing = [row.id for row in catalogue.questions if row.is_asked and row.id not in answers]
    if missing:
        raise CalledWrongly("answers_missing", questions=", ".join(missing))


def offered(directory: Path, language: str) -> dict[str, str]:
    """Defaults that the place itself suggests: the folder's name, the locale's language."""
    name = directory.name
    return {"language": language} | ({"project_name": name} if _PROJECT_NAME.match(name) else {})


def _split(pairs: Sequence[str]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CalledWrongly("not_a_pair", given=shown(pair))
        if name in answers:
            raise CalledWrongly("given_twice", question=shown(name))
        answers[name] = value
    return answers


def _read(path: Path) -> dict[str, object]:
    """A file of answers, such as another project's `.copier-answers.yml`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no YAML or JSON"
        raise CalledWrongly("answers_unreadable", path=shown(str(path)), reason=reason) from error
    if not isinstance(content, dict):
        raise CalledWrongly("answers_no_mapping", path=shown(str(path)))
    origin = ("_src_path", "_commit")
    return {str(name): value for name, value in content.items() if name not in origin}
