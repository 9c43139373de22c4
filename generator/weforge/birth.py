"""How a project is born: rendered, locked, committed, and only then seen in its place."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .answers import Given, gathered, offered, refuse_incompatible, refuse_unasked
from .catalogue import Catalogue, read_catalogue
from .errors import CouldNot
from .render import rendered
from .repository import commit_all
from .sources import Template, opened
from .target import aimed_at, building
from .tools import ProgramFailed, git, run, uv


@dataclass(frozen=True, slots=True)
class Order:
    """What `weforge new` was asked for."""

    directory: str
    given: Given
    language: str
    template: str | None = None
    may_ask: bool = False
    lock: bool = True
    commit: bool = True

    @property
    def asks(self) -> bool:
        return self.may_ask and not self.given.settles_all


@dataclass(frozen=True, slots=True)
class Birth:
    """What became of it; `files` are paths within the project."""

    path: Path
    answers: dict[str, str]
    files: tuple[str, ...]
    address: str
    version: str | None
    is_locked: bool = False
    commit: str | None = None


def bring_to_life(order: Order) -> Birth:
    """The whole project in its place, or a Refusal and the place as it was."""
    target = aimed_at(order.directory)
    with opened(order.template) as template:
        answers = _answers(order, read_catalogue(template.folder))
        _refuse_missing_programs(order)
        with building(target) as project:
            everything = _render(order, template, target.path, project, answers)
            files = _files(project)
            if order.lock:
                lock(project)
            commit = commit_all(project) if order.commit else None
    return Birth(
        target.path, everything, files, template.address, template.commit, order.lock, commit
    )


def foresee(order: Order) -> Birth:
    """What `bring_to_life` would make, without writing anything where it would stand."""
    target = aimed_at(order.directory)
    with opened(order.template) as template, _elsewhere() as project:
        answers = _answers(order, read_catalogue(template.folder))
        everything = _render(order, template, target.path, project, answers)
        return Birth(target.path, everything, _files(project), template.address, template.commit)


def lock(project: Path) -> None:
    """Writes `uv.lock`; CouldNot where the package index cannot be asked."""
    program = uv()
    try:
        run([program, "lock", "--quiet", "--python", sys.executable], project)
    except ProgramFailed as error:
        raise CouldNot("lock_failed", reason=error) from error


def _answers(order: Order, catalogue: Catalogue) -> dict[str, str]:
    answers = gathered(order.given, catalogue)
    refuse_incompatible(answers, catalogue)
    if not (order.asks or order.given.settles_all):
        refuse_unasked(answers, catalogue)
    return answers


def _refuse_missing_programs(order: Order) -> None:
    """Before anybody answers questions in vain."""
    needed: list[tuple[bool, Callable[[], str]]] = [(order.lock, uv), (order.commit, git)]
    for is_needed, find in needed:
        if is_needed:
            find()


def _render(
    order: Order, template: Template, path: Path, project: Path, answers: dict[str, str]
) -> dict[str, str]:
    hints = offered(path, order.language)
    return rendered(template, project, answers, hints, order.asks)


@contextmanager
def _elsewhere() -> Iterator[Path]:
    with TemporaryDirectory(prefix="weforge-", ignore_cleanup_errors=True) as scratch:
        yield Path(scratch) / "project"


def _files(project: Path) -> tuple[str, ...]:
    found = (path for path in project.rglob("*") if path.is_file())
    return tuple(sorted(path.relative_to(project).as_posix() for path in found))
