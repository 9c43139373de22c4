"""What weforge prints of its work: sentences for people, one JSON document for programs."""

import json
import sys
from typing import Any

from .birth import Birth, Order
from .errors import Refusal
from .messages import sentence, told


def print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def print_refusal(refusal: Refusal, language: str, as_json: bool) -> None:
    text = told(refusal, language)
    if as_json:
        print_json({"error": {"key": refusal.key, "message": text, "status": refusal.status}})
    print(text, file=sys.stderr)


def birth_document(birth: Birth, order: Order, dry_run: bool) -> dict[str, Any]:
    return {
        "path": str(birth.path),
        "dry_run": dry_run,
        "answers": birth.answers,
        "files": list(birth.files),
        "locked": birth.is_locked,
        "commit": birth.commit,
        "origin": {
            "address": birth.address,
            "version": birth.version,
            "updatable": birth.version is not None,
        },
        "next": [] if dry_run else next_commands(birth, order),
    }


def birth_text(birth: Birth, order: Order, dry_run: bool, language: str) -> str:
    facts = {"name": birth.answers["project_name"], "path": birth.path, "count": len(birth.files)}
    if dry_run:
        return "\n".join([*birth.files, sentence("would_be_born", language, **facts)])
    lines = [sentence("born", language, **facts)]
    if birth.version is None:
        lines.append(sentence("not_pinned", language))
    else:
        pinned = {"address": birth.address, "commit": birth.version}
        lines.append(sentence("pinned", language, **pinned))
    commands = [f"  {command}" for command in next_commands(birth, order)]
    return "\n".join([*lines, "", sentence("next", language), *commands])


def next_commands(birth: Birth, order: Order) -> list[str]:
    """What to type next, from where the caller stands."""
    lock = [] if birth.is_locked else ["uv lock"]
    return [f"cd {_quoted(order.directory)}", *lock, "uv run python -m app dev"]


def _quoted(directory: str) -> str:
    """So that it can be pasted, in every shell."""
    return f'"{directory}"' if " " in directory else directory
