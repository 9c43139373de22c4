"""The life of a project with the default answers: locked, then its own pipeline, word by word."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.behaviour.pipeline import Command, commands
from tests.conftest import ROOT
from tests.strictness import needed, not_run
from weforge.archive import HOME
from weforge.tools import clean_environment

WORKFLOWS = ROOT / HOME / ".github" / "workflows"
PYTHON_TOOLS = str(Path(sys.executable).parent)  # uv is there, as in every weforge
MINUTES = 60


@pytest.fixture(scope="module")
def project(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("life") / "shop"
    words = ["new", str(place), "--defaults", "--template", str(template_folder)]
    said(place.parent, [sys.executable, "-m", "weforge", *words])
    return place


def said(folder: Path, words: list[str], **environment: str) -> str:
    """What the command printed; its last lines where it failed."""
    path = f"{PYTHON_TOOLS}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        words,
        cwd=folder,
        env=clean_environment() | {"PATH": path, "UV_PYTHON": sys.executable} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20 * MINUTES,
        check=False,
    )
    assert ended.returncode == 0, "\n".join(ended.stdout.splitlines()[-60:])
    return ended.stdout


def engine() -> None:
    mend = "install a container engine, start it, and let it fetch the base image"
    docker = needed("docker", mend)
    if subprocess.run([docker, "info"], capture_output=True, check=False).returncode != 0:
        not_run("docker's engine does not answer", mend)


@pytest.mark.parametrize("command", commands(WORKFLOWS), ids=str)
def test_the_pipeline_passes(project: Path, command: Command) -> None:
    if command.line.startswith("docker "):
        engine()
    shell = shutil.which("bash") or needed("sh", "use a system with a shell")
    environment = {**dict(command.environment), "UV_PYTHON": sys.executable}

    said(project, [shell, "-e", "-c", command.line], **environment)


def test_the_pipeline_checks_types_arrows_style_tests_and_image() -> None:
    lines = " ".join(command.line for command in commands(WORKFLOWS))

    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest", "docker"):
        assert tool in lines


def test_the_pipeline_left_the_project_as_it_was_born(project: Path) -> None:
    assert said(project, ["git", "status", "--porcelain"]) == ""


def test_the_tests_are_at_least_150(project: Path) -> None:
    counted = said(project, ["uv", "run", "pytest", "--collect-only", "-q"])

    assert counted.count("::") >= 150


def test_plain_copier_then_the_two_commands_of_readme(
    template_folder: Path, tmp_path: Path
) -> None:
    words = ["-m", "copier", "copy", "--quiet", "--defaults", str(template_folder), "shop"]

    said(tmp_path, [sys.executable, *words])
    said(tmp_path / "shop", ["uv", "lock"])
    said(tmp_path / "shop", ["uv", "run", "python", "-m", "app", "--help"])


@pytest.mark.parametrize("name", ["fastapi", "starlette"])
def test_a_name_that_a_dependency_bears_is_refused_with_its_reason(
    tmp_path: Path, name: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "weforge", "new", name, "--defaults"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert f"`{name}`" in ended.stderr
    assert "name of the project" in ended.stderr or "renaming the project" in ended.stderr
    assert list(tmp_path.iterdir()) == []
