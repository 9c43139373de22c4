"""Tokens, seen from outside: families, grace and theft."""

import asyncio
from base64 import urlsafe_b64encode

from app.kernel.ids import new_id
from tests.clock import TurnableClock
from tests.house import Backend, Member


async def test_a_refresh_gives_a_new_pair(alice: Member, backend: Backend) -> None:
    refreshed = await backend.refresh(alice.refresh_token)

    assert refreshed.status_code == 200
    assert refreshed.json()["data"]["refresh_token"] != alice.refresh_token
    assert refreshed.json()["data"]["user"]["id"] == (await alice.get("/users/me"))["id"]
    assert "is_new_user" not in refreshed.json()["data"]


async def test_a_lost_refresh_answer_locks_nobody_out(backend: Backend, alice: Member) -> None:
    await backend.refresh(alice.refresh_token)

    again = await backend.refresh(alice.refresh_token)
    onwards = await backend.refresh(again.json()["data"]["refresh_token"])

    assert (again.status_code, onwards.status_code) == (200, 200)


async def test_a_token_displaced_by_a_sibling_is_dead_and_ends_the_family(
    backend: Backend, alice: Member
) -> None:
    displaced = (await backend.refresh(alice.refresh_token)).json()["data"]["refresh_token"]
    sibling = (await backend.refresh(alice.refresh_token)).json()["data"]["refresh_token"]

    stolen = await backend.refresh(displaced)
    after = await backend.refresh(sibling)

    assert (stolen.json()["code"], after.json()["code"]) == (1201, 1201)
    assert (await alice.call("GET", "/users/me")).status_code == 401


async def test_a_predecessor_after_the_grace_ends_the_family(
    backend: Backend, alice: Member, clock: TurnableClock
) -> None:
    current = (await backend.refresh(alice.refresh_token)).json()["data"]["refresh_token"]
    clock.advance(seconds=31)

    stolen = await backend.refresh(alice.refresh_token)

    assert stolen.status_code == 401
    assert (await backend.refresh(current)).status_code == 401
    assert "identity.refresh_reuse" in await backend.audited_actions()


async def test_two_generations_back_ends_the_family_even_within_the_grace(
    backend: Backend, alice: Member
) -> None:
    first = (await backend.refresh(alice.refresh_token)).json()["data"]["refresh_token"]
    second = (await backend.refresh(first)).json()["data"]["refresh_token"]

    stolen = await backend.refresh(alice.refresh_token)

    assert stolen.status_code == 401
    assert (await backend.refresh(second)).status_code == 401


async def test_theft_in_one_family_leaves_the_other_devices_alone(
    backend: Backend, alice: Member, clock: TurnableClock
) -> None:
    tablet = await backend.sign_in("alice")
    await backend.refresh(alice.refresh_token)
    clock.advance(seconds=31)

    await backend.refresh(alice.refresh_token)

    assert (await tablet.call("GET", "/users/me")).status_code == 200


async def test_fifty_parallel_refreshes_leave_exactly_one_live_lineage(
    backend: Backend, alice: Member
) -> None:
    answers = await asyncio.gather(*(backend.refresh(alice.refresh_token) for _ in range(50)))

    given = [a.json()["data"]["refresh_token"] for a in answers if a.status_code == 200]
    assert len(given) == 50
    assert await backend.living_refresh_tokens(given) == 1


async def test_a_made_up_refresh_token_takes_nobodys_turn_to_write(backend: Backend) -> None:
    secret = urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()
    family = urlsafe_b64encode(new_id().bytes).rstrip(b"=").decode()

    async with backend.house.database.writing():
        refused = await asyncio.wait_for(backend.refresh(f"rt_{family}.{secret}"), timeout=10)

    assert refused.json()["code"] == 1201


async def test_an_access_token_ends_after_ten_minutes(alice: Member, clock: TurnableClock) -> None:
    clock.advance(seconds=660)

    assert (await alice.call("GET", "/users/me")).status_code == 401


async def test_a_family_ends_absolutely(
    backend: Backend, alice: Member, clock: TurnableClock
) -> None:
    token = alice.refresh_token
    for _ in range(30):
        clock.advance(days=20)
        answer = await backend.refresh(token)
        if answer.status_code == 401:
            break
        token = answer.json()["data"]["refresh_token"]

    assert answer.json()["code"] == 1201


async def test_no_raw_token_is_stored(backend: Backend, alice: Member) -> None:
    stored = await backend.stored_bytes()

    assert alice.refresh_token.rsplit(".", 1)[1].encode() not in stored
    assert alice.access_token.encode() not in stored
