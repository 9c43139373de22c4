"""`python -m app COMMAND`: finds the command's file, hands it its arguments, ends with its code.

0: done. 1: could not, and one sentence says why. 2: called wrongly.
"""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from . import commands
from .commands.console.refusals import CannotDo, explain
from .commands.console.text import speak_utf8
from .kernel.errors import Failure
from .settings import SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    names = command_names()
    chosen = [name for name in given[:1] if name in names] or names
    loaded = {name: import_module(f"{commands.__name__}.{name}") for name in chosen}
    asked = _parser(loaded).parse_args(given)
    return _run(loaded[asked.command], asked)


def command_names() -> list[str]:
    return [found.name for found in iter_modules(commands.__path__) if not found.ispkg]


def _parser(loaded: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in loaded.items():
        said = (command.__doc__ or "").strip()
        first = said.partition("\n")[0]
        command.configure(subparsers.add_parser(name, help=first, description=said))
    return parser


def _run(command: ModuleType, asked: argparse.Namespace) -> int:
    try:
        return int(command.run(asked))
    except SettingsError as error:
        return _refuse("The settings are not right:\n  " + "\n  ".join(error.problems))
    except CannotDo as error:
        return _refuse(str(error), error.exit_code)
    except Failure as error:
        return _refuse(explain(error))
    except KeyboardInterrupt:
        return _refuse("Interrupted.")
    except BrokenPipeError:
        # Whoever read our output has left, such as `head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("TELEMETRY_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        return _refuse(
            f"It failed in a way nobody foresaw ({type(error).__name__}); "
            "set TELEMETRY_LOG_LEVEL=DEBUG to see where."
        )


def _refuse(sentence: str, exit_code: int = 1) -> int:
    print(sentence, file=sys.stderr)
    return exit_code


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    # A driver's thread may find the event loop gone after a command has said what failed.
    logging.getLogger(__name__).info("thread_failed", exc_info=failed.exc_value)


if __name__ == "__main__":
    threading.excepthook = _log_thread
    sys.exit(main())
