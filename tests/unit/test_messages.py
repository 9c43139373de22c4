"""One sentence, one line, in the caller's language, whatever the facts hold."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from weforge.errors import CouldNot
from weforge.messages import _SENTENCES, sentence, shown, spoken_language, told

PACKAGE = ROOT / "generator" / "weforge"


@pytest.mark.parametrize("key", list(_SENTENCES))
def test_both_languages_use_the_same_facts(key: str) -> None:
    facts = [set(re.findall(r"{(\w+)", text)) for text in _SENTENCES[key]]

    assert facts[0] == facts[1]


def test_every_refusal_has_its_sentence() -> None:
    text = "".join(path.read_text("utf-8") for path in Path(PACKAGE).glob("*.py"))

    raised = set(re.findall(r"(?:CalledWrongly|CouldNot)\(\s*\"(\w+)\"", text))

    assert raised
    assert raised <= set(_SENTENCES)


def test_a_refusal_is_one_line() -> None:
    refusal = CouldNot("render_failed", reason="one\ntwo\n\tthree")

    assert told(refusal, "en") == "The template could not be rendered: one two three."


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_tells_the_language(environ: dict[str, str], language: str) -> None:
    assert spoken_language(environ) == language


@pytest.mark.parametrize("value", ["\x1b[31mred", "a\nb", "\u202eevil", "\udce9"])
def test_what_came_from_outside_cannot_move_the_cursor(value: str) -> None:
    assert shown(value).isprintable()


def test_what_came_from_outside_is_cut_short() -> None:
    assert len(shown("a" * 5000)) <= 60


def test_a_sentence_is_worded_in_chinese() -> None:
    assert sentence("next", "zh") == "下一步："
