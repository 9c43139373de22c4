"""The rules of `template/README.md`."""

import re
from pathlib import PurePosixPath

import pytest

from tests.template.source import CHOICES, FILES, IN_PROJECT, PARTIALS, QUESTIONS, ROOT, text
from weforge.archive import HOME

RENDERED = [path for path in FILES if path.suffix == ".jinja" and path.is_relative_to(HOME)]
SWITCHES = [path for path in RENDERED if path.name == "__init__.py.jinja"]
PYTHON = [path for path in FILES if re.search(r"\.pyi?(\.jinja)?$", path.name)]


def test_one_name_only_is_illegal_on_windows() -> None:
    illegal = {part for path in FILES for part in path.parts if set('<>:"|?*\\') & set(part)}
    reserved = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)

    assert illegal == {"<<project_name>>"}
    assert not [path for path in FILES for part in path.parts if reserved.fullmatch(part)]
    assert not [path for path in FILES for part in path.parts if part.endswith((" ", "."))]


def test_no_two_names_differ_by_case_only() -> None:
    assert len({str(path).lower() for path in FILES}) == len(FILES)


def test_no_file_is_a_link() -> None:
    assert not [path for path in FILES if (ROOT / path).is_symlink()]


def test_at_most_twenty_files_are_rendered_beside_the_switches() -> None:
    assert len(RENDERED) - len(SWITCHES) <= 20


def test_a_rendered_file_has_at_most_three_tenths_of_a_condition() -> None:
    conditions = sum(len(re.findall(r"\bif\b", _tags(text(path)))) for path in RENDERED)

    assert conditions / len(RENDERED) <= 0.3


def test_no_python_file_holds_a_block_tag() -> None:
    plain = [path for path in PYTHON if path.suffix != ".jinja"]

    assert [path for path in PYTHON if re.search(r"<<%|%>>|<<#|#>>", text(path))] == []
    assert [path for path in plain if re.search(r"<< *\w+ *>>", text(path))] == []


@pytest.mark.parametrize("path", SWITCHES, ids=str)
def test_a_switch_is_a_docstring_and_imports_from_what_was_chosen(path: PurePosixPath) -> None:
    docstring, empty, *lines = text(path).strip().split("\n")
    imports = [re.fullmatch(r"from \.<< (\w+) >> import \w+ as \w+", line) for line in lines]

    assert docstring.startswith('"""')
    assert empty == ""
    assert {found[1] if found else None for found in imports} <= set(QUESTIONS)


def test_no_file_of_the_app_is_longer_than_250_lines() -> None:
    of_app = [path for path in PYTHON if path.is_relative_to(f"{HOME}/app")]

    assert [path for path in of_app if text(path).count("\n") > 250] == []


def test_no_plain_file_hides_a_rendered_one() -> None:
    assert not {path.with_suffix("") for path in RENDERED} & set(FILES)


def test_every_choice_has_a_folder_of_partials() -> None:
    languages = set(QUESTIONS["language"].choices)
    folders = {path.relative_to(PARTIALS).parts[0] for path in FILES if _is_partial(path)}

    assert set(CHOICES) - languages <= folders


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_siblings_have_the_same_partials(question: str) -> None:
    kinds = [_kinds(choice) for choice in QUESTIONS[question].choices]

    assert all(some == kinds[0] for some in kinds)


def test_no_include_forgives_a_lost_partial() -> None:
    assert not [path for path in FILES if "ignore missing" in _tags(text(path))]


def test_a_free_text_stands_in_quotes_that_hold() -> None:
    """A description may hold quotes, backslashes and Markdown; every place must say how it copes."""
    for path in FILES:
        for tag in re.findall(r"<<[^%#].*?>>", text(path)) if path.suffix == ".jinja" else []:
            if "project_description" in tag:
                assert re.search(r"\| *to_json|plain\(", tag), f"{path}: {tag}"


def _tags(content: str) -> str:
    return " ".join(re.findall(r"<<.*?>>", content, re.DOTALL))


def _is_partial(path: PurePosixPath) -> bool:
    return path.is_relative_to(PARTIALS) and len(path.relative_to(PARTIALS).parts) > 1


def _kinds(choice: str) -> set[str]:
    return {path.name for path in FILES if path.parent == PARTIALS / choice}
