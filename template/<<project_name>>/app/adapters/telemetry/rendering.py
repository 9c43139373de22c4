"""One event, one line: whatever is in it, nobody can forge a second one.

Line ends, terminal sequences, Unicode's own line and paragraph separators, marks that turn the
direction of text, and lone surrogates leave as escapes.
"""

import json
import re

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def one_line(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def as_json(event: dict[str, object]) -> str:
    """Renders for machines; non-ASCII letters stay readable."""
    return one_line(json.dumps(event, ensure_ascii=False, separators=(",", ":")))


def as_console(event: dict[str, object]) -> str:
    """Renders for a developer's terminal; only a traceback has lines of its own, indented."""
    traceback = event.pop("exception", None)
    head = [str(event.pop(key, "")) for key in ("timestamp", "level", "event")]
    time, level, said = (one_line(part) for part in head)
    rest = " ".join(f"{one_line(key)}={one_line(_text(value))}" for key, value in event.items())
    lines = [f"{time[11:23]} {level:<8} {said}  {rest}".rstrip()]
    if traceback is not None:
        lines += [f"    | {one_line(line)}" for line in str(traceback).split("\n")]
    return "\n".join(lines)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
