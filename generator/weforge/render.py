"""Answers in, files out: one run of Copier, with nothing of this machine's own settings."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from .errors import CalledWrongly, CouldNot, Stopped
from .sources import Template

ANSWERS_FILE: Final = ".copier-answers.yml"
_INVALID: Final = ("Validation error for question ", "Invalid choice for ")


def rendered(
    template: Template,
    into: Path,
    answers: Mapping[str, str],
    offered: Mapping[str, str],
    ask: bool,
) -> dict[str, str]:
    """Renders `template` into the empty folder `into`; gives all answers, asked ones included.

    Raises CalledWrongly for an answer that a validator refuses, CouldNot for a broken template.
    """
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError
    from plumbum import local

    try:
        # Copier would start git once for every file; neither folder is a repository.
        with warnings.catch_warnings(), local.env(PATH=""):
            warnings.simplefilter("ignore")
            copier.run_copy(
                str(template.folder),
                into,
                data={**answers, "generator_pin": template.pin},
                user_defaults=dict(offered),
                defaults=not ask,
                overwrite=True,  # the folder is ours, and empty
                quiet=True,
                settings=copier.Settings(),
            )
    except KeyboardInterrupt as error:
        raise Stopped from error
    except (CopierError, TemplateError, ValueError) as error:
        raise _refused(error) from error
    return _remembered(into)


def _remembered(project: Path) -> dict[str, str]:
    content = yaml.safe_load((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    return {name: value for name, value in content.items() if not name.startswith("_")}


def _refused(error: Exception) -> CalledWrongly | CouldNot:
    text = str(error)
    if not text.startswith(_INVALID):
        return CouldNot("render_failed", reason=text)
    return CalledWrongly("plain", text=text.partition(": ")[2])
