"""Named sets of answers; what a preset does not name takes its default."""

from collections.abc import Mapping
from typing import Final

from .catalogue import Catalogue
from .errors import CalledWrongly
from .messages import shown

_PRESETS: Final[Mapping[str, Mapping[str, str]]] = {"quickstart": {}}


def presets(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """All presets that this template can fulfil, by name."""
    offered = {question.id: question.choices for question in catalogue.questions}
    return {
        name: dict(answers)
        for name, answers in _PRESETS.items()
        if all(value in offered.get(question, ()) for question, value in answers.items())
    }


def preset(name: str, catalogue: Catalogue) -> dict[str, str]:
    known = presets(catalogue)
    if name not in known:
        raise CalledWrongly("unknown_preset", given=shown(name), presets=", ".join(known))
    return known[name]
