"""The template of this working tree, and projects rendered from it."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import copier
import pytest

from tests.command import Weforge
from weforge.archive import template_files

ROOT = Path(__file__).parents[1]
Render = Callable[..., Path]


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it stands, changes and all, without git around it."""
    folder = tmp_path_factory.mktemp("template")
    for path in template_files(ROOT):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="session")
def render(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """A project by plain Copier; the same answers give the same folder, so leave it as it is."""
    return _renderer(template_folder, tmp_path_factory)


@pytest.fixture(scope="session")
def render_answers(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """As `render`, but only the files that can hold an answer: those that are rendered."""
    folder = tmp_path_factory.mktemp("answers")
    for path in template_folder.rglob("*"):
        place = path.relative_to(template_folder)
        if (path.suffix in (".jinja", ".yml") and path.is_file()) or "partials" in place.parts:
            (folder / place.parent).mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copy(path, folder / place)
    return _renderer(folder, tmp_path_factory)


def _renderer(template: Path, places: pytest.TempPathFactory) -> Render:
    made: dict[frozenset[tuple[str, str]], Path] = {}

    def render(**answers: str) -> Path:
        key = frozenset(answers.items())
        if key not in made:
            project = places.mktemp("rendered") / "project"
            copier.run_copy(
                str(template),
                project,
                data=answers,
                defaults=True,
                quiet=True,
                settings=copier.Settings(),
            )
            made[key] = project
        return made[key]

    return render


@pytest.fixture
def weforge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weforge:
    """The command line, called in this process, in an empty folder, by a reader of English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return Weforge(place)
