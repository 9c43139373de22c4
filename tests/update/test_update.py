"""A project takes in a newer template with plain Copier, and keeps what its people wrote."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.command import Weforge
from weforge.archive import HOME

Edit = Callable[[Path], None]


def run(folder: Path, *words: str) -> str:
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
    return run(folder, "git", *identity, *words)


def copier(folder: Path, *words: str) -> str:
    return run(folder, sys.executable, "-m", "copier", *words)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def release(repository: Path, tag: str) -> None:
    commit(repository, tag)
    git(repository, "tag", tag)


def files(project: Path) -> dict[str, bytes]:
    found = (path for path in project.rglob("*") if path.is_file())
    inside = {path.relative_to(project).as_posix(): path.read_bytes() for path in found}
    return {path: content for path, content in inside.items() if not path.startswith(".git/")}


@pytest.fixture
def repository(template_folder: Path, tmp_path: Path) -> Path:
    """A git copy of this template, with its first release."""
    folder = tmp_path / "repository"
    shutil.copytree(template_folder, folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    release(folder, "v0.1.0")
    return folder


@pytest.fixture
def project(repository: Path, tmp_path: Path) -> Path:
    """A project of the first release, in git."""
    copier(tmp_path, "copy", "--quiet", "--defaults", str(repository), "shop")
    git(tmp_path / "shop", "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path / "shop", "born")
    return tmp_path / "shop"


def second_release(repository: Path) -> None:
    """A fix in one file, a new file, a file that is gone, a rendered file that says more."""
    home = repository / HOME
    fixed = home / "app" / "kernel" / "clock.py"
    fixed.write_text(fixed.read_text() + "\n\n# mended\n")
    (home / "app" / "kernel" / "newcomer.py").write_text('"""New."""\n')
    (home / ".editorconfig").unlink()
    readme = home / "README.md.jinja"
    readme.write_text(readme.read_text() + "\nOne more line about << project_name >>.\n")
    release(repository, "v0.2.0")


def test_an_untouched_project_ends_as_a_fresh_one(
    repository: Path, project: Path, tmp_path: Path
) -> None:
    second_release(repository)

    copier(project, "update", "--quiet", "--defaults")
    copier(tmp_path, "copy", "--quiet", "--defaults", str(repository), "fresh")

    assert files(project) == files(tmp_path / "fresh")
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers["_commit"] == "v0.2.0"


def test_what_people_wrote_is_kept(repository: Path, project: Path) -> None:
    readme = project / "README.md"
    readme.write_text(readme.read_text().replace("# shop\n", "# The tea shop\n"))
    (project / "app" / "mine.py").write_text('"""Mine."""\n')
    (project / "renovate.json").unlink()
    commit(project, "ours")
    second_release(repository)

    copier(project, "update", "--quiet", "--defaults")

    assert readme.read_text().split("\n")[0] == "# The tea shop"
    assert readme.read_text().endswith("\nOne more line about shop.\n")
    assert (project / "app" / "mine.py").is_file()
    assert not (project / "renovate.json").exists()
    assert (project / "app" / "kernel" / "clock.py").read_text().endswith("# mended\n")
    assert not list(project.rglob("*.rej"))
    assert "UU" not in run(project, "git", "status", "--porcelain")


def test_an_update_within_a_version_changes_nothing(project: Path) -> None:
    copier(project, "update", "--quiet", "--defaults")

    assert run(project, "git", "status", "--porcelain") == ""


def test_an_answer_that_changes_swaps_the_files_of_that_choice(project: Path) -> None:
    words = ["update", "--quiet", "--defaults", "--vcs-ref=:current:", "-d", "language=zh"]

    copier(project, *words)

    assert (project / "docs" / "zh").is_dir()
    assert not (project / "docs" / "en").exists()


def test_a_project_by_weforge_is_a_project_by_copier(
    weforge: Weforge, repository: Path, project: Path
) -> None:
    ended = weforge.new("--defaults", "--template", str(repository), "--json")

    assert ended.document["origin"] == {
        "address": str(repository),
        "version": "v0.1.0",
        "updatable": True,
    }
    assert files(weforge.place / "shop") == files(project)


def test_a_project_by_weforge_from_a_git_address_is_the_same(
    weforge: Weforge, repository: Path, project: Path
) -> None:
    git(repository.parent, "clone", "--quiet", "--bare", str(repository), "bare.git")
    address = f"file://{repository.parent}/bare.git"

    ended = weforge.new("--defaults", "--template", address, "--json")

    made, expected = files(weforge.place / "shop"), files(project)
    answers = made.pop(".copier-answers.yml"), expected.pop(".copier-answers.yml")
    assert ended.document["origin"]["version"] == "v0.1.0"
    assert answers[0].replace(address.encode(), str(repository).encode()) == answers[1]
    assert made == expected


def test_a_project_of_an_untagged_checkout_is_updated_too(
    weforge: Weforge, repository: Path
) -> None:
    git(repository, "tag", "--delete", "v0.1.0")
    ended = weforge("new", "shop", "--defaults", "--no-lock", "--template", str(repository))
    project = weforge.place / "shop"
    (repository / HOME / "newcomer.txt").write_text("new\n")
    commit(repository, "later")

    copier(project, "update", "--quiet", "--defaults")

    assert ended.status == 0
    assert (project / "newcomer.txt").is_file()


def test_a_project_of_a_changed_checkout_says_that_it_cannot_be_updated(
    weforge: Weforge, repository: Path
) -> None:
    (repository / HOME / "half-done.txt").write_text("half\n")

    ended = weforge.new("--defaults", "--template", str(repository))

    assert "cannot be updated yet" in ended.output
    answers = yaml.safe_load((weforge.place / "shop" / ".copier-answers.yml").read_text())
    assert "_commit" not in answers
    assert answers["_src_path"] == str(repository)


def test_a_pre_release_is_not_taken_for_the_newest(weforge: Weforge, repository: Path) -> None:
    second_release(repository)
    git(repository, "tag", "v0.3.0rc1")
    git(repository, "tag", "not-a-version")

    ended = weforge.new("--defaults", "--template", f"file://{repository}/.git", "--json")

    assert ended.document["origin"]["version"] == "v0.2.0"
