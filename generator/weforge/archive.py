"""The template as one archive: made when weforge is built, unpacked when it is used.

In it the project's folder bears a name that every file system allows, which
`template/<<project_name>>` of the repository does not. Uses the standard library only,
because the build reads this module before anything is installed.
"""

import gzip
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

ARCHIVE: Final = "template.tar.gz"
BUILT_FROM: Final = "built_from.json"

PARTS: Final = ("copier.yml", "template")
HOME: Final = "template/<<project_name>>"
LEGAL_HOME: Final = "template/project"
_HOME_SETTING: Final = b'_subdirectory: "template/<<% raw %>><<project_name>><<% endraw %>>"'
_LEFTOVERS: Final = {"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".DS_Store"}


def pack(root: Path, archive: Path) -> None:
    """Writes the template of a repository; the same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(template_files(root)):
            data = (root / path).read_bytes()
            entry = tarfile.TarInfo(_legal(path))
            entry.mode = 0o755 if os.access(root / path, os.X_OK) else 0o644
            if path.as_posix() == "copier.yml":
                data = data.replace(_HOME_SETTING, f'_subdirectory: "{LEGAL_HOME}"'.encode())
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    archive.write_bytes(gzip.compress(content.getvalue(), mtime=0))


def unpack(archive: Path, into: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")


def template_files(root: Path) -> Iterator[PurePosixPath]:
    """Paths of the template's files: what git knows or would add; without git, all but caches."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *PARTS)
    names = listed.split("\0") if listed else _walk(root)
    for name in set(filter(None, names)):
        if (root / name).is_file():
            yield PurePosixPath(name)


def exact_tag(root: Path, version: str) -> str | None:
    """The tag of this very version, when it is on HEAD and the template has no changes."""
    tag = f"v{version}"
    tags = (_git(root, "tag", "--points-at", "HEAD") or "").split()
    changes = _git(root, "status", "--porcelain", "--", *PARTS)
    return tag if tag in tags and changes == "" else None


def _legal(path: PurePosixPath) -> str:
    home = PurePosixPath(HOME)
    return str(LEGAL_HOME / path.relative_to(home) if path.is_relative_to(home) else path)


def _walk(root: Path) -> Iterator[str]:
    yield "copier.yml"
    for path in (root / "template").rglob("*"):
        if path.is_file() and not _LEFTOVERS.intersection(path.parts) and path.suffix != ".pyc":
            yield path.relative_to(root).as_posix()


def _git(root: Path, *words: str) -> str | None:
    """What git says, or None where there is no git or `root` is no repository of its own."""
    if not (root / ".git").exists():
        return None
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", *words],  # noqa: S607
            cwd=root,
            env=environ,
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout
