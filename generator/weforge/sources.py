"""Where a template comes from, and whether a project can come back there for updates.

A project is pinned to (address, version) only when both can be found again: weforge was built
from an exact tag, or the template is a git checkout without changes.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from packaging.version import InvalidVersion, Version

from .archive import ARCHIVE, BUILT_FROM, template_files, unpack
from .errors import CouldNot
from .messages import shown
from .tools import ProgramFailed, git, run

_PACKAGE: Final = Path(__file__).parent
_CHECKOUT: Final = _PACKAGE.parents[1]


@dataclass(frozen=True, slots=True)
class Template:
    """A plain folder for Copier, and what the project shall remember of its origin."""

    folder: Path
    address: str
    commit: str | None

    @property
    def pin(self) -> dict[str, str]:
        """For `.copier-answers.yml`; without a commit Copier refuses to update, and says so."""
        return {"_src_path": self.address} | ({"_commit": self.commit} if self.commit else {})


@contextmanager
def opened(source: str | None) -> Iterator[Template]:
    """The template, in a folder that is there while the block runs; CouldNot where it is not."""
    with TemporaryDirectory(prefix="weforge-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "template"
        folder.mkdir()
        yield _opened(source, folder)


def repository_address() -> str:
    """Where releases are kept: the one place is `pyproject.toml`."""
    urls: list[str] = metadata("weforge").get_all("Project-URL") or []
    return next(url.partition(", ")[2] for url in urls if url.startswith("Repository, "))


def _opened(source: str | None, folder: Path) -> Template:
    if source is None and (_PACKAGE / ARCHIVE).is_file():
        return _from_archive(folder)
    if source is None and not (_CHECKOUT / "copier.yml").is_file():
        raise CouldNot("template_missing")
    checkout = _CHECKOUT if source is None else Path(source).expanduser()
    if (checkout / "copier.yml").is_file():
        return _from_folder(checkout.resolve(), folder)
    if checkout.exists() and not (checkout / "HEAD").is_file():
        raise CouldNot("template_unusable", source=shown(source), reason="it has no copier.yml")
    return _from_git(str(checkout.resolve() if checkout.exists() else source), folder)


def _from_archive(folder: Path) -> Template:
    unpack(_PACKAGE / ARCHIVE, folder)
    built_from = json.loads((_PACKAGE / BUILT_FROM).read_text(encoding="utf-8"))
    return Template(folder, repository_address(), built_from["tag"])


def _from_folder(checkout: Path, folder: Path) -> Template:
    """A checkout as it stands, changes and all; only without changes it can be found again."""
    for path in template_files(checkout):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout / path, folder / path)
    return Template(folder, str(checkout), _commit_without_changes(checkout))


def _commit_without_changes(checkout: Path) -> str | None:
    if not (checkout / ".git").exists():
        return None
    try:
        changes = run([git(), "status", "--porcelain", "--", "copier.yml", "template"], checkout)
        return None if changes else _described(checkout)
    except (CouldNot, ProgramFailed):
        return None


def _from_git(address: str, folder: Path) -> Template:
    """The newest release there, else the newest commit: what Copier itself would take."""
    try:
        tags = run([git(), "ls-remote", "--tags", "--refs", "--", address], folder)
        tag = _newest([line.rpartition("refs/tags/")[2] for line in tags.splitlines()])
        branch = ["--branch", tag] if tag else []
        words = ["clone", "--quiet", "--depth", "1", *branch, "--", address, "clone"]
        run([git(), "-c", "advice.detachedHead=false", *words], folder)
        commit = tag or _described(folder / "clone")
    except ProgramFailed as error:
        raise CouldNot("template_unreachable", source=shown(address), reason=error) from error
    return Template(folder / "clone", address, commit)


def _described(checkout: Path) -> str:
    return run([git(), "describe", "--tags", "--always"], checkout).strip()


def _newest(tags: list[str]) -> str | None:
    versions = []
    for tag in tags:
        try:
            version = Version(tag)
        except InvalidVersion:
            continue
        if not version.is_prerelease:
            versions.append((version, tag))
    return max(versions)[1] if versions else None
