"""Programs that run beside weforge for a while, each stopped by the very process that began it."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .exchange import direct
from .tools import ProgramFailed, clean_environment, last_words

_PATIENCE_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 10.0


@contextmanager
def started(
    words: Sequence[str], folder: Path, environ: Mapping[str, str], ready_at: str
) -> Iterator[None]:
    """The program, once `ready_at` answers 200; stopped when the block is left, however."""
    log = folder / f".{words[2]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=clean_environment() | dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_ready(process, ready_at, log)
            yield
        finally:
            _stop(process)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProgramFailed(last_words(log.read_text("utf-8", "replace")))
        if _answers(address):
            return
        time.sleep(0.1)
    raise ProgramFailed(f"{address} did not answer within {_PATIENCE_SECONDS:.0f} s")


def _answers(address: str) -> bool:
    try:
        with direct().open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
