"""`python -m sandbox [--port 9900]`: the sandbox until Ctrl-C, for a backend on this machine."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from .server import Sandbox


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parse(arguments)
    settings = read_settings(os.environ, Path(".env"))
    if settings.get("APP_ENV") == "production":
        return _refuse("The sandbox does not run where APP_ENV is production.")
    secret = settings.get("WECHAT_SECRET") or None
    try:
        sandbox = Sandbox.start(secret, port=asked.port, seed=asked.seed)
    except OSError as error:
        return _refuse(f"Port {asked.port} cannot be used: {error.strerror}.")
    ended = _ended_by_a_signal()
    with sandbox:
        known = "any secret" if secret is None else "the secret of WECHAT_SECRET"
        print(f"WeChat sandbox on {sandbox.url}: appid {sandbox.appid}, {known}", flush=True)
        # A wait without an end cannot be interrupted on Windows.
        while not ended.wait(timeout=0.5):
            pass
    return 0


def read_settings(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment wins over `.env`, which counts for nothing in staging and production."""
    if environ.get("APP_ENV") in ("staging", "production") or not file.is_file():
        return dict(environ)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    pairs = [line.removeprefix("export ").partition("=") for line in lines if "=" in line]
    written = {
        name.strip(): value.strip().strip("\"'")
        for name, _, value in pairs
        if not name.lstrip().startswith("#")
    }
    return written | dict(environ)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=_port, default=9900, help="0 takes a free one")
    parser.add_argument("--seed", type=int, help="makes codes, tokens and request ids repeatable")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _ended_by_a_signal() -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
