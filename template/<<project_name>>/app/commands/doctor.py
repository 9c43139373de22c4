"""Finds what is wrong with the settings and what they point to, and says how to mend it.

--wechat asks WeChat itself whether appid, secret and address list are right.
--deploy looks at the settings as production would.
"""

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from ..adapters.caching import open_store
from ..adapters.wechat import open_wechat
from ..identity.errors import WeChatMisconfigured
from ..kernel.clock import utc_now
from ..kernel.errors import Failure
from ..settings import (
    ENV_FILE,
    Settings,
    examine,
    known_names,
    prefixes,
    production_problems,
    written_settings,
)
from .console.house import is_migrated
from .console.refusals import explain
from .console.text import table

Verdict = Literal["ok", "note", "wrong"]

BY_OTHERS: Final = frozenset({"SANDBOX_PORT"})
"""Names with no part behind them that something here reads all the same."""

_WECHAT_ADVICE: Final = {
    "errcode 40013": "WECHAT_APPID is not one that WeChat knows.",
    "errcode 40125": "WECHAT_SECRET does not belong to WECHAT_APPID; it may have been reset.",
    "errcode 40164": "WeChat does not know this server's address; add it to the IP list at "
    "mp.weixin.qq.com.",
    "errcode 40243": "The AppSecret is frozen; unfreeze it at mp.weixin.qq.com.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    sentence: str


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--wechat", action="store_true", help="ask WeChat, too")
    parser.add_argument("--deploy", action="store_true", help="judge as production would")


def run(asked: Namespace) -> int:
    findings = list(diagnose(asked.wechat, asked.deploy))
    print(table(("", ""), [(found.verdict, found.sentence) for found in findings]).strip())
    return 1 if any(found.verdict == "wrong" for found in findings) else 0


def diagnose(with_wechat: bool, as_production: bool) -> Iterator[Finding]:
    written = written_settings()
    settings, problems = examine(written)
    if settings is not None and (as_production or settings.web.is_production):
        problems += production_problems(settings)
    yield from (Finding("wrong", problem) for problem in problems)
    yield from (Finding("note", sentence) for sentence in misspelt(written))
    if settings is None:
        return
    if not problems:
        yield Finding("ok", f"The settings are complete (APP_ENV is {settings.web.env}).")
    yield from _about_the_file()
    yield from _about_processes(settings)
    if as_production:
        yield from _before_going_live(settings)
    yield asyncio.run(about_database(settings))
    if with_wechat:
        yield asyncio.run(about_wechat(settings))


def misspelt(written: Mapping[str, str]) -> Iterator[str]:
    """Names with a prefix of ours that nothing reads."""
    known = known_names() | BY_OTHERS
    for name in sorted(written):
        if name.startswith(prefixes()) and name not in known:
            close = get_close_matches(name, known, n=1)
            advice = f"; did you mean {close[0]}?" if close else "."
            yield f"{name} is a setting that nobody reads{advice}"


async def about_database(settings: Settings) -> Finding:
    try:
        if await is_migrated(settings):
            return Finding("ok", "The database answers and is up to date.")
    except Failure as failure:
        return Finding("wrong", explain(failure))
    except ValueError as error:
        return Finding("wrong", str(error))
    return Finding("wrong", "The database lacks migrations; run `python -m app migrate`.")


async def about_wechat(settings: Settings) -> Finding:
    wechat = open_wechat(settings.wechat, utc_now)
    try:
        await wechat.check()
    except WeChatMisconfigured as refusal:
        advice = _WECHAT_ADVICE.get(str(refusal), explain(refusal))
        return Finding("wrong", f"{advice} (WeChat said {refusal})")
    except Failure as failure:
        return Finding("wrong", f"{explain(failure)} ({failure})")
    finally:
        await wechat.close()
    return Finding("ok", "WeChat accepts appid, secret and this server's address.")


def _about_the_file() -> Iterator[Finding]:
    if os.name == "posix" and ENV_FILE.is_file() and ENV_FILE.stat().st_mode & 0o077:
        yield Finding("wrong", f"{ENV_FILE} can be read by others; run `chmod 600 {ENV_FILE}`.")


def _about_processes(settings: Settings) -> Iterator[Finding]:
    if settings.web.workers > 1 and not open_store(utc_now).is_shared:
        yield Finding(
            "note",
            "APP_WORKERS is more than 1 and the cache lives in each process: limits are counted "
            "per process, and a revoked session is refused by the others within 5 s.",
        )


def _before_going_live(settings: Settings) -> Iterator[Finding]:
    if settings.web.env != "production":
        yield Finding("note", f"APP_ENV is {settings.web.env}; production must say so, or nothing.")
    if settings.web.docs:
        yield Finding("note", "APP_DOCS shows /docs and /openapi.json to everybody.")
    if settings.telemetry.log_level == "DEBUG":
        yield Finding("note", "TELEMETRY_LOG_LEVEL is DEBUG, which is slow and tells too much.")
