"""WeChat's own paths, with WeChat's own manners.

Source: developers.weixin.qq.com, the pages of each function that is named here.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from .exchange import JSON_TYPE, Answer, Request, as_json
from .refusals import Refusal, refusal_text
from .state import APPID, Call, User, World

Work = Callable[[World, Request], dict[str, Any]]
COUNTRY = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})[ -]?(\d{4,14})"
)


@dataclass(frozen=True, slots=True)
class Path:
    method: str
    work: Work
    content_type: str = JSON_TYPE


def answer(world: World, request: Request, wait: Callable[[float], object]) -> Answer | None:
    """`None` closes the connection; the lock is not held while a fault makes the caller wait."""
    with world.lock:
        waiting = world.faults.get(request.path)
        fault = waiting.popleft() if waiting else None
        if fault is None:
            return _recorded(world, request, genuine(world, request))
        done = genuine(world, request) if fault.consume else None
        world.calls.append(Call(request.path, world.now, fault.outcome))
    if fault.delay_seconds is not None:
        wait(fault.delay_seconds)
        return done or genuine(world, request)
    if fault.drop:
        return None
    content_type = PATHS[request.path].content_type
    if fault.errcode is not None:
        return _refusal(world, fault.errcode, content_type)
    return fault.page(request, content_type)


def genuine(world: World, request: Request) -> Answer:
    """What WeChat would say."""
    path = PATHS.get(request.path)
    with world.lock:
        if path is None:
            return _refusal(world, 40066, JSON_TYPE)
        if request.method != path.method:
            return _refusal(world, 43001 if path.method == "GET" else 43002, path.content_type)
        try:
            return Answer(as_json(path.work(world, request)), content_type=path.content_type)
        except Refusal as refusal:
            return _refusal(world, refusal.errcode, path.content_type)


def code2session(world: World, request: Request) -> dict[str, Any]:
    query = request.query
    _check_app(world, query.get("appid"), query.get("secret"))
    if query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if not query.get("js_code"):
        raise Refusal(41008)
    user = world.exchange(query["js_code"])
    session = {"session_key": user.session_key, "openid": user.openid}
    return session | ({"unionid": user.unionid} if user.unionid else {})


def stable_token(world: World, request: Request) -> dict[str, Any]:
    body = _members(request)
    _check_app(world, body.get("appid"), body.get("secret"))
    if body.get("grant_type") != "client_credential":
        raise Refusal(40002)
    force = body.get("force_refresh") is True
    token, expires_in = world.tokens.issue_stable(world.now, force=force)
    return {"access_token": token, "expires_in": expires_in}


def token(world: World, request: Request) -> dict[str, Any]:
    _check_app(world, request.query.get("appid"), request.query.get("secret"))
    if request.query.get("grant_type") != "client_credential":
        raise Refusal(40002)
    text, expires_in = world.tokens.issue_legacy(world.now)
    return {"access_token": text, "expires_in": expires_in}


def get_user_phone_number(world: World, request: Request) -> dict[str, Any]:
    _check_token(world, request)
    body = _members(request)
    phone = world.spend_phone(str(body.get("code", "")), body.get("openid"))
    foreign = COUNTRY.fullmatch(phone)
    country, number = foreign.groups() if foreign else ("86", phone)
    info = {
        "phoneNumber": number if country == "86" else country + number,
        "purePhoneNumber": number,
        "countryCode": country,
        "watermark": {"timestamp": int(world.now.timestamp()), "appid": APPID},
    }
    return {"errcode": 0, "errmsg": "ok", "phone_info": info}


def check_session(world: World, request: Request) -> dict[str, Any]:
    _signed_by(world, request)
    return {"errcode": 0, "errmsg": "ok"}


def reset_session_key(world: World, request: Request) -> dict[str, Any]:
    user = _signed_by(world, request)
    user.key_version += 1
    session = {"openid": user.openid, "session_key": user.session_key}
    return {"errcode": 0, "errmsg": "ok"} | session


def check_text(world: World, request: Request) -> dict[str, Any]:
    """Text that says `risky` or `review` is judged so, all else passes."""
    _check_token(world, request)
    body = _members(request)
    content = body.get("content")
    if body.get("version") != 2:
        raise Refusal(43104)
    if body.get("scene") not in (1, 2, 3, 4):
        raise Refusal(40129)
    user = world.user_of(str(body.get("openid")))
    if user is None:
        raise Refusal(40003)
    if not user.exchanged_at or world.now - user.exchanged_at[-1] > timedelta(hours=2):
        raise Refusal(61010)
    if not isinstance(content, str) or not 1 <= len(content) <= 2500:
        raise Refusal(44991)
    suggest = next((word for word in ("risky", "review") if word in content), "pass")
    result = {"suggest": suggest, "label": 100 if suggest == "pass" else 20001}
    return {"errcode": 0, "errmsg": "ok", "result": result, "detail": [], "trace_id": world.rid()}


PATHS = {
    "/sns/jscode2session": Path("GET", code2session, "text/plain"),
    "/cgi-bin/stable_token": Path("POST", stable_token),
    "/cgi-bin/token": Path("GET", token),
    "/wxa/business/getuserphonenumber": Path("POST", get_user_phone_number),
    "/wxa/checksession": Path("GET", check_session),
    "/wxa/resetusersessionkey": Path("GET", reset_session_key),
    "/wxa/msg_sec_check": Path("POST", check_text),
}


def _recorded(world: World, request: Request, given: Answer) -> Answer:
    world.calls.append(Call(request.path, world.now, given.outcome))
    return given


def _refusal(world: World, errcode: int, content_type: str) -> Answer:
    with world.lock:
        text = refusal_text(errcode, world.rid())
    body = as_json({"errcode": errcode, "errmsg": text})
    return Answer(body, content_type=content_type, outcome=f"errcode {errcode}")


def _members(request: Request) -> dict[str, Any]:
    members = request.members()
    if members is None:
        raise Refusal(47001)
    return members


def _check_app(world: World, appid: object, secret: object) -> None:
    if not appid:
        raise Refusal(41002)
    if appid != APPID:
        raise Refusal(40013)
    if not secret:
        raise Refusal(41004)
    if world.secret is not None and secret != world.secret:
        raise Refusal(40125)


def _check_token(world: World, request: Request) -> None:
    world.tokens.check(request.query.get("access_token", ""), world.now)


def _signed_by(world: World, request: Request) -> User:
    """The key is the base64 text of the session_key, the message is empty."""
    _check_token(world, request)
    user = world.user_of(request.query.get("openid", ""))
    if user is None:
        raise Refusal(40003)
    if request.query.get("sig_method") != "hmac_sha256":
        raise Refusal(87008)
    expected = hmac.new(user.session_key.encode(), b"", sha256).hexdigest()
    if request.query.get("signature") != expected:
        raise Refusal(87009)
    return user
