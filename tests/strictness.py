"""What cannot run here says so, and how to make it run; with WEFORGE_STRICT=1 it fails."""

import os
import shutil
from typing import NoReturn

import pytest


def not_run(missing: str, mend: str) -> NoReturn:
    sentence = f"not run: {missing}; to run it: {mend}"
    if os.environ.get("WEFORGE_STRICT") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


def needed(program: str, mend: str) -> str:
    """The path of a program, or the end of this test."""
    found = shutil.which(program)
    return found if found is not None else not_run(f"{program} is not here", mend)
