"""Access tokens that are no good: one answer for all of them."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.ids import new_id

from .memory import Behind

API = "/api/v1"
ME = f"{API}/users/me"

Headers = dict[str, str]


@pytest.mark.parametrize(
    "authorization",
    [
        None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer access", "Bearer access.x.1",
        f"Bearer access.{new_id()}.1", "Bearer " + "x" * 5000, "access.x.1", "Bearer \u00e9",
        "Bearer a b",
    ],
)  # fmt: skip
async def test_all_rejections_of_an_access_token_are_one_body(
    client: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = [] if authorization is None else [("Authorization", authorization.encode("latin-1"))]

    answer = await client.get(ME, headers=[*headers, ("X-Request-Id", "r")])

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.content == (
        b'{"code":401,"message":"Please sign in.","data":null,"request_id":"r"}'
    )


async def test_two_access_tokens_are_none(client: httpx.AsyncClient, alice: Headers) -> None:
    twice = [("Authorization", alice["Authorization"])] * 2

    assert (await client.get(ME, headers=twice)).status_code == 401


async def test_an_ended_session_gives_the_very_same_body(
    client: httpx.AsyncClient, behind: Behind, alice: Headers
) -> None:
    anonymous = await client.get(ME, headers={"X-Request-Id": "r"})
    behind.clock.now += timedelta(hours=2)

    ended = await client.get(ME, headers={**alice, "X-Request-Id": "r"})

    assert ended.content == anonymous.content
