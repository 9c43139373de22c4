"""The programs that weforge needs beside itself: git and uv."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from .errors import CouldNot

_POINTERS: Final = {
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX"),
    *("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PROJECT", "UV_WORKING_DIR"),
}
_LABEL: Final = re.compile(r"^(error|hint|cause|fatal|Caused by): *")


class ProgramFailed(Exception):
    """Its words are the last line that the program said."""


def uv() -> str:
    """The uv that was installed with weforge, whatever else is on the PATH."""
    import uv

    try:
        return os.fsdecode(uv.find_uv_bin())
    except FileNotFoundError as error:
        raise CouldNot("uv_missing", python=sys.executable) from error


def git() -> str:
    found = shutil.which("git")
    if found is None:
        raise CouldNot("git_missing")
    return found


def run(words: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> str:
    """What the program prints; ProgramFailed when it says no or cannot be started."""
    try:
        ended = subprocess.run(
            words,
            cwd=folder,
            env=clean_environment() | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise ProgramFailed(error.strerror or str(error)) from error
    if ended.returncode != 0:
        raise ProgramFailed(last_words(ended.stderr or ended.stdout))
    return ended.stdout


def clean_environment() -> dict[str, str]:
    """Ours, without what would point git or uv at another repository or environment."""
    return {name: value for name, value in os.environ.items() if name not in _POINTERS}


def last_words(text: str) -> str:
    """The first that git blames, else the last sentence, without its label."""
    lines = [line.strip(" \t│╰─▶×·") for line in text.splitlines()]
    blamed = [line for line in lines if line.startswith("fatal:")][:1]
    said = [_LABEL.sub("", line) for line in blamed or lines]
    return next((line.rstrip(".") for line in reversed(said) if line), "it gave no reason")
