"""The command line, as a caller sees it: words in; status, output and one sentence out."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weforge.__main__ import run


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    output: str
    error: str

    @property
    def document(self) -> Any:
        return json.loads(self.output)


@dataclass(frozen=True)
class Weforge:
    """Calls commands in `place`."""

    place: Path

    def __call__(self, *words: str) -> Ended:
        output, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
            status = run(list(words))
        return Ended(status, output.getvalue(), error.getvalue())

    def new(self, *words: str) -> Ended:
        """`weforge new shop` with no tool and no network needed."""
        return self("new", "shop", "--no-lock", "--no-git", *words)
