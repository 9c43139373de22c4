"""What is written in both languages, and what must be written nowhere."""

import re
from pathlib import Path, PurePosixPath

import pytest

from tests.conftest import ROOT
from tests.template.source import FILES, PARTIALS, text
from weforge.archive import HOME

REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|mirrors\.(aliyun|tencent|tuna)|/simple/"
)
PLACES = re.compile(r"/tmp/[a-z]+/|/work/|/root/|/home/[a-z]+/")
OWN = [
    *(ROOT / path for path in FILES),
    *(ROOT / "generator").rglob("*.py"),
    *(path for path in ROOT.glob("*") if path.is_file()),
]


def headings(path: Path | PurePosixPath) -> list[str]:
    content = re.sub(r"```.*?```", "", (ROOT / path).read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"^#+", content, re.MULTILINE)


def pairs() -> list[tuple[Path | PurePosixPath, Path | PurePosixPath]]:
    """Every English text and its Chinese twin."""
    found: list[tuple[Path | PurePosixPath, Path | PurePosixPath]] = [
        (ROOT / "README.md", ROOT / "README.zh-CN.md")
    ]
    for path in FILES:
        if path.is_relative_to(f"{HOME}/docs/en") or path.is_relative_to(PARTIALS / "readme/en"):
            found.append((path, PurePosixPath(str(path).replace("/en/", "/zh/"))))
        elif path.name.endswith(".en.md"):
            found.append((path, path.with_name(path.name.replace(".en.", ".zh."))))
    return found


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair[0].name)
def test_both_languages_have_the_same_headings(
    pair: tuple[Path | PurePosixPath, Path | PurePosixPath],
) -> None:
    assert headings(pair[0]) == headings(pair[1])


def test_no_chinese_text_is_without_its_english_twin() -> None:
    english = {str(pair[1]) for pair in pairs()}
    chinese = {str(path) for path in FILES if "/zh/" in str(path) or ".zh." in path.name}

    assert chinese <= english


@pytest.mark.parametrize("telltale", [REGISTRIES, PLACES], ids=["registries", "places"])
def test_no_registry_and_no_place_of_this_machine_is_written_down(telltale: re.Pattern[str]) -> None:
    assert [path for path in OWN if telltale.search(path.read_text("utf-8"))] == []


def test_every_partial_for_readme_is_prose_without_delimiters_left_open() -> None:
    for path in FILES:
        if path.suffix == ".md":
            assert text(path).count("<<%") == text(path).count("%>>"), path
