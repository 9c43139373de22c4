"""Writes `.env` for a development machine: fresh random secrets, and the sandbox for WeChat.

What stands there already stays; only what is missing is added. Nothing is asked.
"""

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Final

from ..adapters.audit.settings import new_pseudonym_key
from ..adapters.encryption.settings import new_keyring_text
from ..adapters.tokens import new_signing_key_text
from ..adapters.wechat.settings import SANDBOX_APPID
from ..settings import ENV_FILE, PLACEHOLDER, written_settings
from .console.refusals import CannotDo

EXAMPLE: Final = Path(".env.example")
SANDBOX_PORT: Final = 9900

_MAKERS: Final[Mapping[str, Callable[[], str]]] = {
    "WECHAT_SECRET": lambda: token_hex(16),
    "TOKENS_SIGNING_KEYS": new_signing_key_text,
    "ENCRYPTION_KEYRING": new_keyring_text,
    "AUDIT_PSEUDONYM_KEY": new_pseudonym_key,
}
_LINE = re.compile(r"^(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$", re.MULTILINE)


def configure(parser: ArgumentParser) -> None:
    """Takes nothing."""


def run(_asked: Namespace) -> int:
    if os.environ.get("APP_ENV") in ("staging", "production"):
        raise CannotDo(
            "Where APP_ENV is staging or production, .env is not read: set its variables."
        )
    added = write_env_file(ENV_FILE, EXAMPLE, sandbox_port())
    print(f"{ENV_FILE}: {', '.join(added)} added." if added else f"{ENV_FILE} lacks nothing.")
    return 0


def sandbox_port() -> int:
    """SANDBOX_PORT of the environment or `.env`; raises CannotDo when it is no port."""
    written = written_settings().get("SANDBOX_PORT", str(SANDBOX_PORT))
    if not written.isdecimal() or not 0 < int(written) <= 65535:
        raise CannotDo("SANDBOX_PORT must be a number from 1 to 65535.")
    return int(written)


def write_env_file(path: Path, example: Path, port: int) -> list[str]:
    """Says which settings were added; the file can be read by its owner only."""
    try:
        pattern = example.read_text("utf-8") if example.is_file() else ""
        if not path.exists():
            text = _filled(pattern, port)
            _write(path, text)
            return list(_settings_of(text))
        return _complete(path, _filled(pattern, port))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDo(f"{path} or {example} cannot be used: {type(error).__name__}.") from error


def _complete(path: Path, model: str) -> list[str]:
    text = path.read_text("utf-8-sig")
    present = _settings_of(text)
    missing = {
        name: value
        for name, value in _settings_of(model).items()
        if not present.get(name) and not _is_spoken_for(name, present)
    }
    if missing:
        lines = "".join(f"{name}={value}\n" for name, value in missing.items())
        _write(path, f"{text.rstrip()}\n\n# Added by `python -m app setup`\n{lines}".lstrip())
    _keep_private(path)
    return list(missing)


def _is_spoken_for(name: str, present: Mapping[str, str]) -> bool:
    """The sandbox is not mixed with a real appid, nor one keyring with another."""
    if name.startswith("WECHAT_"):
        return present.get("WECHAT_APPID", SANDBOX_APPID) != SANDBOX_APPID
    return name == "ENCRYPTION_KEYRING" and "ENCRYPTION_KEYRING_FILE" in present


def _filled(pattern: str, port: int) -> str:
    values = {
        "APP_ENV": "development",
        "WECHAT_APPID": SANDBOX_APPID,
        "WECHAT_BASE_URL": f"http://127.0.0.1:{port}",
        "TELEMETRY_LOG_FORMAT": "console",
        **{name: make() for name, make in _MAKERS.items()},
    }
    for name, value in _settings_of(pattern).items():
        if PLACEHOLDER in value:
            values.setdefault(name, token_hex(32))
    for name, value in values.items():
        pattern = _with(pattern, name, value)
    return pattern


def _with(text: str, name: str, value: str) -> str:
    """Takes the place of the line that sets it, else of the comment that shows it."""
    for line in (rf"^{name}=.*$", rf"^# ?{name}=.*$"):
        found = re.search(line, text, re.MULTILINE)
        if found:
            return f"{text[: found.start()]}{name}={value}{text[found.end() :]}"
    return f"{text}{name}={value}\n"


def _settings_of(text: str) -> dict[str, str]:
    return {found[1]: found[2] for found in _LINE.finditer(text)}


def _write(path: Path, text: str) -> None:
    """In one step, so that nobody ever finds half of it."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    draft.replace(path)


def _keep_private(path: Path) -> None:
    if os.name == "posix":
        path.chmod(0o600)
