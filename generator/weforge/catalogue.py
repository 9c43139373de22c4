"""What can be asked and answered, as the template's `copier.yml` says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from .errors import CalledWrongly, CouldNot
from .messages import shown

_PATTERN: Final = re.compile(r"regex_search\('\\\\A(?P<pattern>.*)\\\\Z'\)")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; without choices it takes text."""

    id: str
    choices: tuple[str, ...]
    is_asked: bool
    default: str
    help: str
    pattern: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All questions of a template, in the order in which they are asked."""

    questions: tuple[Question, ...]
    envops: Mapping[str, Any]

    def question(self, name: str) -> Question:
        for question in self.questions:
            if question.id == name:
                return question
        raise CalledWrongly("unknown_question", given=shown(name))

    def checked(self, answers: Mapping[str, object]) -> dict[str, str]:
        """The answers, all of them known questions with possible choices; or CalledWrongly.

        What text may hold is left to the validators of `copier.yml`, which Copier asks.
        """
        return {name: _checked(self.question(name), value) for name, value in answers.items()}

    def worded(self, template: str, language: str) -> str:
        """A default or a help text of `copier.yml`, in one language."""
        from jinja2.sandbox import SandboxedEnvironment

        options = {name: value for name, value in self.envops.items() if name != "undefined"}
        return SandboxedEnvironment(**options).from_string(template).render(language=language)


def read_catalogue(template: Path) -> Catalogue:
    """Of a template's folder; CouldNot where that holds none."""
    try:
        content = yaml.safe_load((template / "copier.yml").read_text(encoding="utf-8"))
        asked = {name: row for name, row in content.items() if not name.startswith("_")}
        questions = tuple(_question(name, row) for name, row in asked.items())
    except (OSError, ValueError, AttributeError, TypeError, KeyError, yaml.YAMLError) as error:
        reason = "it has no readable copier.yml"
        raise CouldNot("template_unusable", source=template, reason=reason) from error
    return Catalogue(questions, content.get("_envops") or {})


def _question(name: str, row: Mapping[str, Any]) -> Question:
    choices = row.get("choices", ())
    pattern = _PATTERN.search(row.get("validator", ""))
    return Question(
        id=name,
        choices=tuple(choices.values() if isinstance(choices, dict) else choices),
        is_asked=row.get("ask", True),
        default=row["default"],
        help=row["help"],
        pattern=pattern["pattern"].replace("\\\\", "\\") if pattern else None,
    )


def _checked(question: Question, value: object) -> str:
    if not isinstance(value, str):
        raise CalledWrongly("not_text", question=question.id, given=shown(value))
    if question.choices and value not in question.choices:
        raise CalledWrongly(
            "unknown_choice",
            question=question.id,
            given=shown(value),
            choices=" / ".join(question.choices),
        )
    return value
