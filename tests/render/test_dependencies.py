"""What a project imports it declares, and what it declares it imports."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import Render

# Import name → distribution, where they differ by more than a hyphen.
DISTRIBUTIONS = {
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "pydantic_core": "pydantic",
    "starlette": "fastapi",
}
# Declared, and used without an import.
UNSEEN = {
    "uvloop",  # the event loop that Granian takes where it is there
    "watchfiles",  # Granian's reload
    "tzdata",  # time zones for Windows
    "import-linter",  # tools that are started by their names
    "mypy",
    "pre-commit",
    "ruff",
    "pytest-asyncio",  # plugins that pytest finds by itself
    "pytest-cov",
    "aiosqlite",  # in the development group for the databases to come
}
OWN = {"app", "sandbox", "tests"}


def imported(folder: Path) -> set[str]:
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    foreign = names - OWN - set(sys.stdlib_module_names)
    return {DISTRIBUTIONS.get(name, name.replace("_", "-").lower()) for name in foreign}


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements}


def declared(project: Path) -> tuple[set[str], set[str]]:
    content = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    return named(content["project"]["dependencies"]), named(content["dependency-groups"]["dev"])


def test_the_app_imports_nothing_that_is_not_declared(render: Render) -> None:
    project = render()

    assert imported(project / "app") | imported(project / "sandbox") <= declared(project)[0]


def test_the_tests_import_nothing_that_is_not_declared(render: Render) -> None:
    runtime, development = declared(render())

    own_doubles = {path.stem for path in (render() / "tests").rglob("*.py")}
    assert imported(render() / "tests") - own_doubles <= runtime | development


def test_nothing_is_declared_that_nobody_needs(render: Render) -> None:
    project = render()
    runtime, development = declared(project)

    in_app = imported(project / "app") | imported(project / "sandbox")
    assert runtime - UNSEEN <= in_app
    assert development - UNSEEN <= imported(project / "tests")


@pytest.mark.parametrize("group", [0, 1])
def test_every_dependency_has_a_lower_bound(render: Render, group: int) -> None:
    content = tomllib.loads((render() / "pyproject.toml").read_text("utf-8"))
    lists = [content["project"]["dependencies"], content["dependency-groups"]["dev"]]

    assert [line for line in lists[group] if ">=" not in line] == []
