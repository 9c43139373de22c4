"""What comes out: files that parse, that say what was answered, and nothing else."""

import ast
import json
import re
import tomllib
from pathlib import Path

import copier
import jinja2
import pytest
import yaml
from pytest_copie.plugin import Copie

from tests.command import Weforge
from tests.conftest import Render
from weforge.archive import pack, unpack

LANGUAGES = ["en", "zh"]


def files(project: Path) -> dict[str, bytes]:
    found = (path for path in project.rglob("*") if path.is_file() and ".git/" not in str(path))
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def without_origin(content: dict[str, bytes]) -> dict[str, bytes]:
    answers = content[".copier-answers.yml"].decode()
    kept = re.sub(r"^_(src_path|commit): .*\n", "", answers, flags=re.MULTILINE)
    return content | {".copier-answers.yml": kept.encode()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_defaults_render(copie: Copie, template_folder: Path, language: str) -> None:
    result = copie.copy({"language": language}, template_dir=template_folder)

    assert result.exception is None
    assert result.answers["language"] == language
    assert (result.project_dir / "app" / "main.py").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_parses(render: Render, language: str) -> None:
    for path, content in files(render(language=language)).items():
        text = content.decode("utf-8")
        match path.rpartition(".")[2]:
            case "py":
                compile(text, path, "exec", flags=ast.PyCF_ONLY_AST)
            case "yml" | "yaml":
                list(yaml.safe_load_all(text))
            case "toml":
                tomllib.loads(text)
            case "json":
                json.loads(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_delimiter_is_left(render: Render, language: str) -> None:
    for path, content in files(render(language=language)).items():
        assert not re.search(rb"<<[%#]|[%#]>>|<< *\w+( *\|[^>]*)? *>>", content), path
        assert not path.endswith(".jinja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_ends_in_one_line_break_and_none_is_dos(render: Render, language: str) -> None:
    for path, content in files(render(language=language)).items():
        assert b"\r" not in content, path
        assert not content.endswith(b"\n\n"), path
        assert not content or content.endswith(b"\n"), path


def test_docs_come_in_the_chosen_language_only(render: Render) -> None:
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        project = render(language=language)

        assert list((project / "docs" / language).glob("*.md"))
        assert not (project / "docs" / other).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_docs_leads_somewhere(render: Render, language: str) -> None:
    project = render(language=language)

    for page in project.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.relative_to(project)}: {target}"


def test_weforge_renders_what_copier_renders(
    weforge: Weforge, template_folder: Path, render: Render
) -> None:
    template = ["--template", str(template_folder)]

    ended = weforge.new("--defaults", "-d", "language=zh", "--json", *template)

    made = files(weforge.place / "shop")
    assert ended.status == 0
    assert without_origin(made) == without_origin(files(render(language="zh")))


def test_the_archive_renders_what_the_checkout_renders(
    tmp_path: Path, template_folder: Path, render: Render
) -> None:
    pack(template_folder, tmp_path / "archive")
    unpack(tmp_path / "archive", tmp_path / "template")

    copier.run_copy(str(tmp_path / "template"), tmp_path / "shop", defaults=True, quiet=True)

    assert without_origin(files(tmp_path / "shop")) == without_origin(files(render()))


def test_every_partial_is_taken_in(
    template_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = set()
    read = jinja2.FileSystemLoader.get_source

    def listening(self: jinja2.FileSystemLoader, environment: object, name: str) -> object:
        taken.add(name)
        return read(self, environment, name)  # type: ignore[arg-type]

    monkeypatch.setattr(jinja2.FileSystemLoader, "get_source", listening)
    for language in LANGUAGES:
        answers = {"language": language}
        copier.run_copy(
            str(template_folder), tmp_path / language, answers, defaults=True, quiet=True
        )

    partials = (template_folder / "template" / "partials").rglob("*")
    there = {path.relative_to(template_folder).as_posix() for path in partials if path.is_file()}
    assert there == taken & there


def test_nothing_is_written_that_git_would_not_track(weforge: Weforge) -> None:
    ended = weforge("new", "shop", "--defaults", "--no-lock", "--json")

    tracked = weforge.place / "shop" / ".git" / "index"
    assert ended.status == 0
    for path in ended.document["files"]:
        assert path.encode() in tracked.read_bytes()
