"""The way in: runs a command, and turns whatever goes wrong into one sentence and a status."""

import errno
import os
import signal
import sys
from types import FrameType
from typing import Final, NoReturn

import typer
from typer.main import get_command

from .cli import app, language_of
from .errors import CalledWrongly, CouldNot, Refusal, Stopped
from .messages import shown


def main() -> NoReturn:
    for number in _ENDINGS:
        signal.signal(number, _stop)
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """The exit status: 0 done, 1 could not, 2 called wrongly."""
    _prepare_streams()
    try:
        status = get_command(app).main(words, prog_name="weforge", standalone_mode=False) or 0
        if status == _INTERRUPTED:
            raise Stopped
        return int(status)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except BaseException as error:
        return _refuse(_as_refusal(error), words)


def _refuse(refusal: Refusal, words: list[str]) -> int:
    from .report import print_refusal

    print_refusal(refusal, language_of(words), as_json="--json" in words)
    return refusal.status


def _as_refusal(error: BaseException) -> Refusal:
    usage_error = typer.BadParameter.__mro__[1]
    if isinstance(error, Refusal):
        return error
    if isinstance(error, KeyboardInterrupt | Stopped | typer.Abort | EOFError):
        return CouldNot("stopped")
    if isinstance(error, usage_error):
        return CalledWrongly("plain", text=error.format_message())  # type: ignore[attr-defined]
    if isinstance(error, OSError) and error.errno in _DISK:
        return CouldNot("disk", reason=error.strerror)
    return CouldNot("unforeseen", kind=type(error).__name__, reason=shown(str(error)))


_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED: Final = 130  # what Typer makes of Ctrl-C at a prompt
_DISK: Final = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS),
    *(errno.EACCES, errno.EPERM, errno.EIO),
)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """Once; whoever is impatient does not interrupt the tidying up."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise Stopped


def _prepare_streams() -> None:
    """No terminal is too old for a Chinese sentence: what it cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
