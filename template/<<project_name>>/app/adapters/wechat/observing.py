"""What operators see of each call to WeChat: its path, its outcome, and WeChat's request id."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...identity.errors import WeChatUnavailable
from ...kernel.errors import Failure
from .errcodes import errcode_of, label_for

OnAnswer = Callable[[str, str], None]
"""Told the path and the outcome of each call; the outcomes are few."""

# WeChat's support finds a call by it, for seven days; nothing else of errmsg is kept.
RID = re.compile(r"\brid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})\b")

log = logging.getLogger(__name__)


async def observed(
    path: str, asking: Awaitable[Mapping[str, Any]], on_answer: OnAnswer | None
) -> Mapping[str, Any]:
    """Gives and raises what `asking` does, and `WeChatUnintelligible` for an odd errcode."""
    outcome, noted = "abandoned", dict[str, object]()
    try:
        answer = await asking
        outcome = label_for(errcode_of(answer))
        noted = {"errcode": errcode_of(answer), "rid": _rid(answer)}
        return answer
    except Failure as failure:
        outcome = "unavailable" if isinstance(failure, WeChatUnavailable) else "unintelligible"
        raise
    finally:
        level = logging.INFO if outcome == "ok" else logging.WARNING
        log.log(level, "wechat.call", extra={"path": path, "outcome": outcome, **noted})
        if on_answer is not None:
            on_answer(path, outcome)


def _rid(answer: Mapping[str, Any]) -> str:
    found = RID.search(str(answer.get("errmsg", "")))
    return found.group(1) if found else ""
