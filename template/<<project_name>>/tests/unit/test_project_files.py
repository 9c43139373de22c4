"""What the project says of itself, in files that no compiler reads, is true."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
GENERATED = {".venv", ".git", ".hypothesis", "node_modules", "htmlcov"}


def documents() -> list[Path]:
    found = (path.relative_to(PROJECT) for path in PROJECT.rglob("*.md"))
    return sorted(path for path in found if not GENERATED & set(path.parts))


def read(path: Path | str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def links_of(text: str) -> Iterator[str]:
    """Targets inside this project; code blocks hold no links."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.parametrize("document", documents(), ids=str)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    folder = (PROJECT / document).parent

    lost = [
        link for link in links_of(read(document)) if not (folder / link.partition("#")[0]).exists()
    ]

    assert lost == []


def test_the_map_of_the_readme_names_files_that_exist() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", read("README.md"), flags=re.MULTILINE)

    assert len(rows) == 12
    assert [row for row in rows if not (PROJECT / row).is_file()] == []


def test_documents_name_python_files_that_exist() -> None:
    """In backticks; notes are the module that a reader is to add."""
    named = {
        name
        for document in documents()
        for name in re.findall(r"`((?:app|tests|sandbox)/[\w./]+)`", read(document))
        if not re.search("notes?[./]", name)
    }

    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []


def test_a_decision_has_the_number_of_its_file() -> None:
    for path in (PROJECT / "docs/decisions").glob("*.md"):
        number = int(path.name[:4])

        assert read(path).startswith(f"# {number}. "), path.name


def test_secrets_and_data_of_this_machine_are_kept_out_of_git_and_images() -> None:
    for file in (".gitignore", ".dockerignore"):
        ignored = read(file).splitlines()

        assert {".env", "deploy/*.env"} <= {line.lstrip("/") for line in ignored}, file
