"""The template travels as one archive, under names that every file system allows."""

import os
import subprocess
import tarfile
from pathlib import Path

import yaml

from tests.conftest import ROOT
from weforge.archive import HOME, LEGAL_HOME, exact_tag, pack, template_files, unpack


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    (folder / "template" / "<<project_name>>").mkdir(parents=True)
    (folder / "template" / "<<project_name>>" / "a.py").write_text("")
    (folder / "copier.yml").write_text("language: {}\n")
    (folder / ".gitignore").write_text("*.log\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "one")
    return folder


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    pack(ROOT, tmp_path / "one")
    pack(ROOT, tmp_path / "two")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_all_names_in_it_are_legal_on_windows(tmp_path: Path) -> None:
    pack(ROOT, tmp_path / "archive")

    with tarfile.open(tmp_path / "archive") as tar:
        assert not [name for name in tar.getnames() if set('<>:"|?*\\') & set(name)]


def test_unpacked_it_is_the_template_with_its_folder_renamed(tmp_path: Path) -> None:
    pack(ROOT, tmp_path / "archive")
    unpack(tmp_path / "archive", tmp_path / "unpacked")

    settings = yaml.safe_load((tmp_path / "unpacked" / "copier.yml").read_text("utf-8"))
    assert settings["_subdirectory"] == LEGAL_HOME
    for path in template_files(ROOT):
        there = tmp_path / "unpacked" / str(path).replace(HOME, LEGAL_HOME)
        assert os.access(there, os.X_OK) == os.access(ROOT / path, os.X_OK)
        assert path.name == "copier.yml" or there.read_bytes() == (ROOT / path).read_bytes()


def test_what_git_ignores_stays_out(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / "template" / "x.log").write_text("")
    (folder / "template" / "new.txt").write_text("")

    names = {str(path) for path in template_files(folder)}

    assert names == {"copier.yml", "template/<<project_name>>/a.py", "template/new.txt"}


def test_without_git_caches_stay_out(tmp_path: Path) -> None:
    (tmp_path / "template" / "__pycache__").mkdir(parents=True)
    (tmp_path / "template" / "__pycache__" / "a.pyc").write_text("")
    (tmp_path / "template" / "a.py").write_text("")
    (tmp_path / "copier.yml").write_text("")

    assert {str(path) for path in template_files(tmp_path)} == {"copier.yml", "template/a.py"}


def test_only_the_tag_of_this_version_counts(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    git(folder, "tag", "v1.0.0")

    assert exact_tag(folder, "1.0.0") == "v1.0.0"
    assert exact_tag(folder, "1.0.1") is None


def test_a_changed_template_is_no_release(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    git(folder, "tag", "v1.0.0")
    (folder / "template" / "new.txt").write_text("")

    assert exact_tag(folder, "1.0.0") is None


def test_a_commit_after_the_tag_is_no_release(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    git(folder, "tag", "v1.0.0")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "two")

    assert exact_tag(folder, "1.0.0") is None
