"""The catalogue says what `copier.yml` says."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from weforge.catalogue import read_catalogue
from weforge.errors import CalledWrongly, CouldNot

IDS = [
    *("language", "project_name", "project_description", "package_index", "framework"),
    *("database", "cache", "auth", "kms", "deploy", "rollout", "mesh", "ci"),
    *("observability", "example"),
]


def test_every_question_of_the_plan_is_there_in_its_order() -> None:
    assert [question.id for question in read_catalogue(ROOT).questions] == IDS


def test_a_question_with_one_choice_is_not_asked() -> None:
    for question in read_catalogue(ROOT).questions:
        assert question.is_asked == (len(question.choices) != 1), question.id


def test_the_default_of_a_choice_is_the_first() -> None:
    for question in read_catalogue(ROOT).questions:
        assert not question.choices or question.default == question.choices[0]


def test_ids_are_unique_across_all_questions() -> None:
    questions = read_catalogue(ROOT).questions

    ids = [name for row in questions for name in (row.id, *row.choices)]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_help_text_is_worded_in_both_languages(language: str) -> None:
    catalogue = read_catalogue(ROOT)

    for question in catalogue.questions:
        text = catalogue.worded(question.help, language)
        assert text
        assert "<<" not in text


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(CalledWrongly, match="unknown_question"):
        read_catalogue(ROOT).checked({"colour": "red"})


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(CalledWrongly, match="unknown_choice"):
        read_catalogue(ROOT).checked({"framework": "litestar"})


@pytest.mark.parametrize("value", [1, True, None, ["sqlite"], {"a": "b"}])
def test_an_answer_that_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(CalledWrongly, match="not_text"):
        read_catalogue(ROOT).checked({"database": value})


@pytest.mark.parametrize("content", ["", "[]", "a: [", "a: 1", "\x00"])
def test_a_broken_copier_yml_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "copier.yml").write_text(content)

    with pytest.raises(CouldNot, match="template_unusable"):
        read_catalogue(tmp_path)
