"""Signing in, who I am, my devices, my data."""

from fastapi import APIRouter, Response

from ...identity.application import Accounts, Profiles, Sessions, SignIn
from ...identity.domain import SessionId
from ...kernel.errors import NotFound
from ...kernel.ids import parse_id
from ..operations import API
from ..schemas import auth, users
from .auth import Call, GuardedRoute
from .responses import Success

router = APIRouter(prefix=API, route_class=GuardedRoute)


@router.post("/auth/wechat/login")
async def sign_in(call: Call, body: auth.SignIn) -> Response:
    return Success(auth.granted(await call.verbs(SignIn).with_code(body.code, call.device)))


@router.post("/auth/refresh")
async def refresh(call: Call, body: auth.Refresh) -> Response:
    grant, user_id = await call.verbs(Sessions).refresh(body.refresh_token, call.device)
    return Success(auth.refreshed(grant, await call.verbs(Profiles).get(user_id)))


@router.post("/auth/logout")
async def sign_out(call: Call) -> Response:
    await call.verbs(Sessions).sign_out(call.caller)
    return Success()


@router.post("/auth/logout-all")
async def sign_out_everywhere(call: Call) -> Response:
    await call.verbs(Sessions).sign_out_everywhere(call.caller)
    return Success()


@router.get("/auth/sessions")
async def list_sessions(call: Call) -> Response:
    alive = await call.verbs(Sessions).alive(call.caller)
    return Success({"items": users.sessions(alive, call.caller)})


@router.delete("/auth/sessions/{id}")
async def end_session(call: Call, id: str) -> Response:
    await call.verbs(Sessions).end(call.caller, _session_id(id))
    return Success()


@router.get("/users/me")
async def read_me(call: Call) -> Response:
    return Success(users.user(await call.verbs(Profiles).get(call.caller.user_id)))


@router.put("/users/me")
async def describe_me(call: Call, body: users.DescribeUser) -> Response:
    profiles = call.verbs(Profiles)
    described = await profiles.describe(call.caller.user_id, body.nickname, body.avatar_url)
    return Success(users.user(described))


@router.post("/users/me/phone")
async def bind_phone(call: Call, body: users.BindPhone) -> Response:
    bound = await call.verbs(Profiles).bind_phone(call.caller.user_id, body.code)
    return Success(users.user(bound))


@router.post("/users/me/wechat-data")
async def open_wechat_data(call: Call, body: users.WeChatData) -> Response:
    """With both pairs both must hold, and what was sealed is answered."""
    profiles, user_id, data = call.verbs(Profiles), call.caller.user_id, {}
    if body.is_signed:
        data = await profiles.verify_wechat_data(user_id, body.raw_data, body.signature)
    if body.is_sealed:
        data = await profiles.open_wechat_data(user_id, body.encrypted_data, body.iv)
    return Success({"data": data})


@router.get("/users/me/export")
async def export_me(call: Call) -> Response:
    account = await call.verbs(Accounts).export(call.caller.user_id)
    return Success(users.export(account, call.caller))


@router.delete("/users/me")
async def erase_me(call: Call) -> Response:
    await call.verbs(Accounts).erase(call.caller.user_id, call.caller.user_id)
    return Success()


def _session_id(text: str) -> SessionId:
    parsed = parse_id(text)
    if parsed is None:
        raise NotFound
    return SessionId(parsed)
