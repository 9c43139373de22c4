"""After `pip install`, `weforge new` works from any folder, without a checkout."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from weforge.sources import repository_address

BUILT = ("generator", "template", *(path.name for path in ROOT.glob("*") if path.is_file()))


def run(folder: Path, *words: str, **environment: str) -> str:
    ended = subprocess.run(
        words,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr or ended.stdout
    return ended.stdout


def contents(wheel: Path) -> dict[str, list[bytes]]:
    """By name; the record of the wheel has its lines in any order."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: sorted(archive.read(name).split(b"\n")) for name in archive.namelist()}


@pytest.fixture(scope="module")
def checkout(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, committed and tagged as its version, elsewhere."""
    folder = tmp_path_factory.mktemp("checkout") / "weforge"
    shutil.copytree(template_folder, folder)
    for name in BUILT:
        if not (folder / name).exists():
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", "--all")
    run(folder, "git", *identity, "commit", "--quiet", "--message", "release")
    run(folder, "git", "tag", "v0.1.0")
    return folder


@pytest.fixture(scope="module")
def distributions(checkout: Path) -> Path:
    """An sdist, and the wheel that is built from it."""
    run(checkout, sys.executable, "-m", "build", "--outdir", str(checkout.parent / "dist"))
    return checkout.parent / "dist"


@pytest.fixture(scope="module")
def installed(distributions: Path) -> Path:
    """The folder of programs of a fresh environment with nothing but the wheel."""
    environment = distributions.parent / "venv"
    run(distributions, sys.executable, "-m", "venv", str(environment))
    (wheel,) = distributions.glob("*.whl")
    run(distributions, str(environment / "bin" / "pip"), "install", "--quiet", str(wheel))
    return environment / "bin"


def test_the_wheel_carries_the_template_as_one_archive(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    assert [name for name in names if "template" in name] == ["weforge/template.tar.gz"]
    assert not [name for name in names if set('<>:"|?*\\') & set(name)]
    assert json.loads(zipfile.ZipFile(wheel).read("weforge/built_from.json")) == {"tag": "v0.1.0"}


def test_the_sdist_carries_it_too(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]

    assert "generator/weforge/template.tar.gz" in names
    assert not [name for name in names if name.startswith("template")]


def test_a_wheel_from_the_sdist_is_the_wheel_from_the_checkout(
    checkout: Path, distributions: Path, tmp_path: Path
) -> None:
    run(checkout, sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path))
    (from_checkout,), (from_sdist,) = tmp_path.glob("*.whl"), distributions.glob("*.whl")

    assert contents(from_checkout) == contents(from_sdist)


def test_a_released_weforge_works_in_any_folder_and_pins(installed: Path, tmp_path: Path) -> None:
    words = ("new", "shop", "--defaults", "--no-lock", "--json")

    born = json.loads(run(tmp_path, str(installed / "weforge"), *words, LC_ALL="C.UTF-8"))

    answers = yaml.safe_load((tmp_path / "shop" / ".copier-answers.yml").read_text("utf-8"))
    assert born["origin"]["updatable"] is True
    assert (answers["_src_path"], answers["_commit"]) == (repository_address(), "v0.1.0")
    assert (tmp_path / "shop" / "app" / "main.py").is_file()


def test_the_installed_weforge_finds_its_own_uv(installed: Path, tmp_path: Path) -> None:
    words = ("new", "shop", "--defaults", "--no-git", "--json")

    run(tmp_path, str(installed / "weforge"), *words, PATH="/usr/bin:/bin")

    assert (tmp_path / "shop" / "uv.lock").is_file()


def test_an_install_from_a_commit_without_a_tag_cannot_be_updated(
    checkout: Path, tmp_path: Path
) -> None:
    run(tmp_path, "git", "clone", "--quiet", str(checkout), "clone")
    run(tmp_path / "clone", "git", "tag", "--delete", "v0.1.0")

    words = ("-m", "build", "--wheel", "--outdir", str(tmp_path))
    run(tmp_path / "clone", sys.executable, *words)

    (wheel,) = tmp_path.glob("*.whl")
    assert json.loads(zipfile.ZipFile(wheel).read("weforge/built_from.json")) == {"tag": None}
