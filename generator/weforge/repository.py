"""The first commit of a project, made even where git knows no name and no e-mail address."""

from pathlib import Path
from typing import Final

from .errors import CouldNot
from .tools import ProgramFailed, git, run

_NOBODY: Final = {"name": "weforge", "email": "weforge@localhost"}
_OWN_WAYS: Final = (
    *("-c", "commit.gpgsign=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.excludesFile=/dev/null"),
)
_FIRST: Final = ("--quiet", "--no-verify", "--message", "Born with weforge")


def commit_all(project: Path) -> str:
    """Makes a repository with one commit, whatever hooks and signatures the user has set up."""
    program = git()
    try:
        run([program, "init", "--quiet", "--initial-branch", "main", "--template="], project)
        run([program, *_OWN_WAYS, "add", "--all"], project)
        run([program, *_OWN_WAYS, *_identity(project), "commit", *_FIRST], project)
        return run([program, "rev-parse", "HEAD"], project).strip()
    except ProgramFailed as error:
        raise CouldNot("git_failed", reason=error) from error


def _identity(project: Path) -> list[str]:
    """What git lacks to sign a commit; nothing where the user has told it."""
    words: list[str] = []
    for part, stand_in in _NOBODY.items():
        try:
            run([git(), "config", f"user.{part}"], project)
        except ProgramFailed:
            words += ["-c", f"user.{part}={stand_in}"]
    return words
