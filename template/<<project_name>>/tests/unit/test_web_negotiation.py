"""Which language, and which form of errors."""

import string

import pytest

from app.web.envelope import LANGUAGES, language_of, wants_problem
from app.web.messages import LANGUAGE


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("fr, zh;q=0.2, en;q=0.7", "en"),
        ("en;q=0, zh;q=0.1", "zh"),
        ("zh ; q=0.5 , en ; q=0.6", "en"),
    ],
)
def test_the_best_known_language_is_spoken(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize("header", ["", "fr", "*", "zhx", "en;q=none", ",;;,", "zh;q=0"])
def test_otherwise_the_project_speaks_its_own(header: str) -> None:
    assert language_of(header) == LANGUAGE


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json",
        "application/json, application/problem+json",
        "text/html, Application/Problem+JSON; q=0.4",
    ],
)
def test_problems_are_given_to_those_who_name_them(accept: str) -> None:
    assert wants_problem(accept)


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "application/problem+json;q=0",
     "application/json, application/problem+json;q=0.5"],
)  # fmt: skip
def test_others_get_the_envelope(accept: str) -> None:
    assert not wants_problem(accept)


def test_every_language_knows_every_reason_and_quotes_the_same_figures() -> None:
    def figures(sentences: dict[str, str]) -> dict[str, set[str | None]]:
        return {key: {f for _, f, _, _ in string.Formatter().parse(text)} - {None}
                for key, text in sentences.items()}  # fmt: skip

    english, chinese = figures(LANGUAGES["en"]), figures(LANGUAGES["zh"])

    assert english == chinese
