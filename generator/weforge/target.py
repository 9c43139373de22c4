"""The place where a project is to stand: whole in the end, or as it was before."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import CalledWrongly, CouldNot
from .messages import shown


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that is not there yet, or is there and empty; symbolic links are followed."""

    path: Path
    exists: bool


def aimed_at(directory: str) -> Target:
    """Refuses what cannot become a project; touches nothing."""
    if not directory:
        raise CalledWrongly("no_directory")
    try:
        path = Path(directory).expanduser()
        if path.is_symlink() and not path.exists():
            raise CouldNot("target_no_folder", path=shown(directory))
        path = path.resolve()
        if not path.exists():
            return Target(path, exists=False)
        if not path.is_dir():
            raise CouldNot("target_no_folder", path=shown(directory))
        if any(path.iterdir()):
            raise CouldNot("target_not_empty", path=shown(directory))
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreachable(directory, error) from error
    return Target(path, exists=True)


@contextmanager
def building(target: Target) -> Iterator[Path]:
    """A scratch folder on the target's own disk; leaving moves it in, raising takes it away."""
    with contextlib.ExitStack() as undo:
        try:
            _make_parents(target.path.parent, undo)
            beside = target.path if target.exists else target.path.parent
            scratch = Path(tempfile.mkdtemp(prefix=".weforge-", dir=beside))
        except OSError as error:
            raise _unreachable(str(target.path), error) from error
        undo.callback(shutil.rmtree, scratch, ignore_errors=True)
        project = scratch / "project"
        project.mkdir()
        yield project
        _move_in(project, target, undo)
        shutil.rmtree(scratch, ignore_errors=True)
        undo.pop_all()


def _make_parents(folder: Path, undo: contextlib.ExitStack) -> None:
    missing = [folder, *folder.parents]
    for path in reversed([path for path in missing if not path.exists()]):
        path.mkdir()
        undo.callback(_remove_if_empty, path)


def _remove_if_empty(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.rmdir()


def _move_in(project: Path, target: Target, undo: contextlib.ExitStack) -> None:
    try:
        if not target.exists:
            project.rename(target.path)
            return
        for entry in sorted(project.iterdir()):
            place = target.path / entry.name
            if os.path.lexists(place):
                raise CouldNot("target_not_empty", path=shown(str(target.path)))
            entry.rename(place)
            undo.callback(_take_back, place)
    except OSError as error:
        raise _unreachable(str(target.path), error) from error


def _take_back(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _unreachable(directory: str, error: Exception) -> CouldNot:
    reason = getattr(error, "strerror", None) or str(error)
    return CouldNot("target_unreachable", path=shown(directory), reason=reason)
