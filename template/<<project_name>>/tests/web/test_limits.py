"""How often a caller may come."""

from typing import Any

import httpx
import pytest

from app.web.settings import LimitsSettings

from .conftest import Open
from .memory import Behind

API = "/api/v1"
LOGIN = f"{API}/auth/wechat/login"
ME = f"{API}/users/me"

FEW = LimitsSettings(
    sign_in_per_minute=2, refresh_per_minute=2, phone_per_minute=1, others_per_minute=3
)

Headers = dict[str, str]


async def sign_ins(client: httpx.AsyncClient, times: int, **headers: str) -> list[int]:
    return [
        (await client.post(LOGIN, json={"code": "junk"}, headers=headers)).status_code
        for _ in range(times)
    ]


async def test_a_sign_in_too_many_is_429_and_says_when_to_come_again(open_client: Open) -> None:
    client = open_client(limits=FEW)

    assert await sign_ins(client, 2) == [401, 401]
    answer = await client.post(LOGIN, json={"code": "alice-1"})

    assert (answer.status_code, answer.json()["code"]) == (429, 429)
    assert answer.headers["retry-after"] == "43"


async def test_junk_counts_as_a_sign_in(open_client: Open) -> None:
    client = open_client(limits=FEW)

    statuses = [(await client.post(LOGIN, content=b"junk")).status_code for _ in range(3)]

    assert statuses == [415, 415, 429]


async def test_sign_ins_are_counted_by_address(open_client: Open) -> None:
    here = open_client(limits=FEW)
    elsewhere = open_client(limits=FEW, peer="198.51.100.9")

    await sign_ins(here, 3)

    assert await sign_ins(elsewhere, 1) == [401]


async def test_ipv6_is_counted_by_its_64(open_client: Open) -> None:
    one = open_client(limits=FEW, peer="2001:db8::1")
    neighbour = open_client(limits=FEW, peer="2001:db8::ffff:1")

    assert await sign_ins(one, 2) + await sign_ins(neighbour, 1) == [401, 401, 429]


async def test_a_spoofed_x_forwarded_for_opens_no_second_account(open_client: Open) -> None:
    client = open_client(limits=FEW)

    statuses = [
        (await sign_ins(client, 1, **{"X-Forwarded-For": f"198.51.100.{i}"}))[0] for i in range(3)
    ]

    assert statuses == [401, 401, 429]


async def test_behind_a_trusted_proxy_clients_are_told_apart(open_client: Open) -> None:
    client = open_client(limits=FEW, peer="10.0.0.1", trusted_proxies=("10.0.0.0/8",))

    spent = await sign_ins(client, 3, **{"X-Forwarded-For": "198.51.100.1"})
    other = await sign_ins(client, 1, **{"X-Forwarded-For": "198.51.100.2"})
    spoofed = await sign_ins(client, 1, **{"X-Forwarded-For": "192.0.2.1, 198.51.100.1"})

    assert (spent, other, spoofed) == ([401, 401, 429], [401], [429])


async def test_refreshes_are_counted_by_family_however_the_token_changes(
    open_client: Open, behind: Behind
) -> None:
    client = open_client(limits=FEW)
    grants = [
        (await client.post(LOGIN, json={"code": f"alice-{i}"})).json()["data"] for i in range(2)
    ]
    mine, other = (grant["refresh_token"] for grant in grants)

    for _ in range(2):
        answer = await client.post(f"{API}/auth/refresh", json={"refresh_token": mine})
        mine = answer.json()["data"]["refresh_token"]
    third = await client.post(f"{API}/auth/refresh", json={"refresh_token": mine})
    neighbour = await client.post(f"{API}/auth/refresh", json={"refresh_token": other})

    assert (third.status_code, neighbour.status_code) == (429, 200)
    assert not any("refresh." in key for key in behind.counters.counts)


async def test_what_is_no_refresh_token_counts_for_its_sender(open_client: Open) -> None:
    client = open_client(limits=FEW)

    statuses = [
        (await client.post(f"{API}/auth/refresh", json={"refresh_token": f"junk{i}"})).status_code
        for i in range(3)
    ]

    assert statuses == [401, 401, 429]


async def test_phones_and_all_else_are_counted_by_user(open_client: Open, alice: Headers) -> None:
    client = open_client(limits=FEW)

    async def bind() -> int:
        answer = await client.post(f"{ME}/phone", headers=alice, json={"code": "button"})
        return answer.status_code

    assert [await bind(), await bind()] == [200, 429]
    statuses = [(await client.get(ME, headers=alice)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


async def test_one_user_s_limit_is_nobody_else_s(
    open_client: Open, alice: Headers, sign_in: Any
) -> None:
    client = open_client(limits=FEW)
    bob = await sign_in("bob")
    for _ in range(4):
        await client.get(ME, headers=alice)

    assert (await client.get(ME, headers=bob)).status_code == 200


async def test_what_lies_outside_is_not_limited(open_client: Open) -> None:
    client = open_client(limits=FEW)

    statuses = [(await client.get("/healthz")).status_code for _ in range(10)]

    assert statuses == [200] * 10


@pytest.mark.parametrize(("env", "status"), [("staging", 401), ("production", 429)])
async def test_limits_can_be_switched_off_but_not_in_production(
    open_client: Open, env: str, status: int
) -> None:
    off = LimitsSettings(enabled=False, sign_in_per_minute=2)
    client = open_client(limits=off, env=env)

    assert (await sign_ins(client, 3))[-1] == status


def test_the_limits_are_those_of_the_contract() -> None:
    limits = LimitsSettings()

    assert limits.sign_in_per_minute == 120
    assert limits.refresh_per_minute == 60
    assert limits.phone_per_minute == 10
    assert limits.others_per_minute == 600
