"""Text for terminals, Windows' ones included."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper


def speak_utf8() -> None:
    """What a terminal cannot show it shows as an escape, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be."""
    lines = [titles, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def is_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
