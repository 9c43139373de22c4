"""What drives the sandbox: the routes under `/_sandbox`, the same for people and for tests."""

import re
import secrets
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from .exchange import Answer, Request, as_json
from .faults import Fault
from .members import Members, WrongInput
from .state import APPID, World
from .wechat import PATHS

PREFIX = "/_sandbox/"
KINDS = ("errcode", "status", "delay_seconds", "drop", "body")
PHONE = re.compile(r"\d{5,15}|\+\d{1,3}[ -]?\d{4,14}")


def answer(world: World, request: Request) -> Answer:
    method, work = ROUTES.get(request.path.removeprefix(PREFIX), ("", None))
    if work is None:
        return _refusal(404, f"There is no {request.path}.")
    if request.method != method:
        return _refusal(405, f"{request.path} takes {method} only.")
    try:
        members = Members(request.members() if request.body else {})
        with world.lock:
            return Answer(as_json(work(world, members)), content_type="application/json")
    except WrongInput as wrong:
        return _refusal(400, str(wrong))


def codes(world: World, members: Members) -> dict[str, Any]:
    user = members.text("user")
    appid = members.text("appid") if members.has("appid") else APPID
    members.end()
    return {"code": world.mint("login", user, appid=appid)}


def phone_codes(world: World, members: Members) -> dict[str, Any]:
    user, phone = members.text("user"), members.text("phone")
    members.end()
    if not PHONE.fullmatch(phone):
        raise WrongInput("phone must be digits, or + with a country code and digits.")
    return {"code": world.mint("phone", user, phone=phone)}


def users(world: World, members: Members) -> dict[str, Any]:
    """Members left out stay as they are; a rotation happens at once, and once."""
    name = members.text("user")
    unionid, blocked = members.flag("unionid"), members.flag("blocked")
    rotate = members.flag("rotate_session_key")
    members.end()
    user = world.user(name)
    user.has_unionid = user.has_unionid if unionid is None else unionid
    user.is_blocked = user.is_blocked if blocked is None else blocked
    user.key_version += 1 if rotate else 0
    return {"user": name, "openid": user.openid, "unionid": user.unionid}


def encrypt(world: World, members: Members) -> dict[str, Any]:
    """What `wx.getUserInfo` and its kin give: `raw_data` is `data` as it came."""
    user, data = world.user(members.text("user")), members.thing("data")
    members.end()
    watermark = {"timestamp": int(world.now.timestamp()), "appid": APPID}
    sealed, iv = _seal(as_json({"watermark": watermark} | data), user.session_key)
    raw_data = as_json(data).decode()
    signature = sha1((raw_data + user.session_key).encode(), usedforsecurity=False).hexdigest()
    return {"encrypted_data": sealed, "iv": iv, "raw_data": raw_data, "signature": signature}


def faults(world: World, members: Members) -> dict[str, Any]:
    path = members.text("path")
    if path not in PATHS:
        raise WrongInput(f"path must be one of {', '.join(PATHS)}.")
    fault = _fault(members)
    times = members.whole("times", 1, 10_000) if members.has("times") else 1
    members.end()
    misbehave(world, path, fault, times)
    return {}


def misbehave(world: World, path: str, fault: Fault, times: int) -> None:
    """Faults of one path happen in the order in which they were asked for."""
    world.faults.setdefault(path, deque()).extend([fault] * times)


def clock(world: World, members: Members) -> dict[str, Any]:
    seconds = members.seconds("advance_seconds")
    members.end()
    return {"now": _rfc3339(world.advance(seconds))}


def calls(world: World, members: Members) -> dict[str, Any]:
    members.end()
    items = [
        {"path": call.path, "at": _rfc3339(call.at), "outcome": call.outcome}
        for call in world.calls
    ]
    return {"items": items}


def reset(world: World, members: Members) -> dict[str, Any]:
    members.end()
    world.reset()
    return {}


ROUTES: dict[str, tuple[str, Callable[[World, Members], dict[str, Any]]]] = {
    "codes": ("POST", codes),
    "phone-codes": ("POST", phone_codes),
    "users": ("POST", users),
    "encrypt": ("POST", encrypt),
    "faults": ("POST", faults),
    "clock": ("POST", clock),
    "calls": ("GET", calls),
    "reset": ("POST", reset),
}


def _fault(members: Members) -> Fault:
    asked = [kind for kind in KINDS if members.has(kind)]
    if len(asked) != 1 and asked != ["status", "body"]:
        raise WrongInput(f"Ask for one of {', '.join(KINDS)}, or for status with body.")
    return Fault(
        errcode=members.whole("errcode", -(10**9), 10**9) if "errcode" in asked else None,
        status=members.whole("status", 200, 599) if "status" in asked else None,
        delay_seconds=members.seconds("delay_seconds") if "delay_seconds" in asked else None,
        drop="drop" in asked and _is_asked(members, "drop"),
        body=_body(members.value("body")) if "body" in asked else None,
        consume=members.flag("consume") or False,
    )


def _is_asked(members: Members, name: str) -> bool:
    if not members.flag(name):
        raise WrongInput(f"{name} must be true.")
    return True


def _body(value: object) -> bytes:
    """Text is sent as it is, any other value as JSON."""
    return value.encode() if isinstance(value, str) else as_json(value)


def _seal(plain: bytes, session_key: str) -> tuple[str, str]:
    """AES-128-CBC as WeChat does it."""
    iv, padder = secrets.token_bytes(16), PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(b64decode(session_key)), modes.CBC(iv)).encryptor()
    padded = padder.update(plain) + padder.finalize()
    sealed = encryptor.update(padded) + encryptor.finalize()
    return b64encode(sealed).decode(), b64encode(iv).decode()


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refusal(status: int, sentence: str) -> Answer:
    return Answer(as_json({"error": sentence}), status, "application/json")
