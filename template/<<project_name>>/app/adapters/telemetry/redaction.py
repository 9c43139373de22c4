"""What no log line may show, whoever wrote it: secrets, tokens, openids, phone numbers.

Callers should not log such things; this is the net below them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from uuid import UUID

HIDDEN = "[hidden]"

_SECRET_WORDS = frozenset(
    {
        "authorization", "ciphertext", "cookie", "credential", "credentials", "keyring", "openid",
        "passwd", "password", "phone", "plaintext", "secret", "signature", "token", "tokens",
        "unionid",
    }
)  # fmt: skip
_SECRET_NAMES = frozenset({"appsecret", "code", "iv", "js_code", "key", "raw_data"})
_SECRET_ENDS = (
    "data_key", "encrypted_data", "private_key", "pseudonym_key", "session_key", "signing_key",
    "signing_keys",
)  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMED = re.compile(
    r"""(?ix) ( ["']? \b (?:\w*(?:secret|token|password|openid|unionid|session_?key)|js_?code)
        ["']? \s*[=:]\s* ) ( "[^"]*" | '[^']*' | [^\s&,;"'}\])]+ )"""
)
_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 " + HIDDEN),
    (re.compile(r"\beyJ[\w-]*\.[\w-]+\.[\w-]+"), HIDDEN),
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]*(?=@)"), HIDDEN),
    (re.compile(r"(?<![\w-])(?:\+?86)?1[3-9]\d{9}(?![\w-])"), HIDDEN),
)
_DEEPEST = 6


def hide_secrets(event: Mapping[str, object]) -> dict[str, object]:
    """The event as JSON can hold it, with what it should not show hidden, at any depth."""
    return {scrub(key): _field(key, value, 0) for key, value in event.items()}


def scrub(text: str) -> str:
    """Hides what looks like a secret within a sentence or a URL."""
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def is_secret(name: str) -> bool:
    """Whether a field of this name is hidden whatever its value."""
    plain = _CAMEL.sub("_", name).lower().replace("-", "_")
    if plain in _SECRET_NAMES or plain.endswith(_SECRET_ENDS):
        return True
    return not _SECRET_WORDS.isdisjoint(plain.split("_"))


def _field(name: str, value: object, depth: int) -> object:
    return HIDDEN if is_secret(name) and value is not None else _value(value, depth)


def _value(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, UUID | datetime):
        return str(value)
    if depth >= _DEEPEST:
        return "[too deep]"
    if isinstance(value, Mapping):
        return {scrub(str(k)): _field(str(k), v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(item, depth + 1) for item in value]
    return scrub(repr(value))
