"""Revocation: at once on the process that did it, within five seconds elsewhere."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from tests.clock import TurnableClock
from tests.house import Backend, Member


@pytest.fixture
async def elsewhere(
    another_process: AbstractAsyncContextManager[Backend], alice: Member
) -> AsyncIterator[Backend]:
    async with another_process as other:
        assert (await other.call("GET", "/users/me", alice.access_token)).status_code == 200
        yield other


async def test_logout_takes_effect_at_once(alice: Member) -> None:
    await alice.post("/auth/logout")

    assert (await alice.call("GET", "/users/me")).status_code == 401
    assert (await alice.call("POST", "/auth/logout")).status_code == 401


async def test_logout_ends_the_refresh_token_too(backend: Backend, alice: Member) -> None:
    await alice.post("/auth/logout")

    assert (await backend.refresh(alice.refresh_token)).json()["code"] == 1201


async def test_logout_all_ends_every_device(backend: Backend, alice: Member) -> None:
    tablet = await backend.sign_in("alice")

    await tablet.post("/auth/logout-all")

    assert (await alice.call("GET", "/users/me")).status_code == 401
    assert (await tablet.call("GET", "/users/me")).status_code == 401


async def test_one_device_is_ended_from_another(backend: Backend, alice: Member) -> None:
    tablet = await backend.sign_in("alice")
    sessions = (await alice.get("/auth/sessions"))["items"]
    other = next(session for session in sessions if not session["current"])

    await alice.delete(f"/auth/sessions/{other['id']}")

    assert (await tablet.call("GET", "/users/me")).status_code == 401
    assert (await alice.call("GET", "/users/me")).status_code == 200


async def test_another_users_session_is_not_found(backend: Backend, alice: Member) -> None:
    bob = await backend.sign_in("bob")
    [session] = (await bob.get("/auth/sessions"))["items"]

    answer = await alice.call("DELETE", f"/auth/sessions/{session['id']}")

    assert answer.status_code == 404
    assert (await bob.call("GET", "/users/me")).status_code == 200


async def test_a_disabled_user_is_out_at_once_and_stays_out(
    backend: Backend, alice: Member
) -> None:
    await backend.disable(alice)

    assert (await alice.call("GET", "/users/me")).status_code == 401
    assert (await backend.login_as("alice")).json()["code"] == 1002
    assert (await backend.refresh(alice.refresh_token)).json()["code"] in (1002, 1201)


async def test_an_enabled_user_may_come_back(backend: Backend, alice: Member) -> None:
    await backend.disable(alice)

    await backend.enable(alice)

    assert (await backend.login_as("alice")).status_code == 200
    assert (await alice.call("GET", "/users/me")).status_code == 401


async def test_logout_reaches_another_process_within_five_seconds(
    elsewhere: Backend, alice: Member, clock: TurnableClock
) -> None:
    await alice.post("/auth/logout")
    clock.advance(seconds=5.1)

    answer = await elsewhere.call("GET", "/users/me", alice.access_token)

    assert answer.status_code == 401


async def test_disabling_reaches_another_process_within_five_seconds(
    backend: Backend, elsewhere: Backend, alice: Member, clock: TurnableClock
) -> None:
    await backend.disable(alice)
    clock.advance(seconds=5.1)

    answer = await elsewhere.call("GET", "/users/me", alice.access_token)

    assert answer.status_code == 401


async def test_erasure_reaches_another_process_within_five_seconds(
    elsewhere: Backend, alice: Member, clock: TurnableClock
) -> None:
    await alice.delete("/users/me")
    clock.advance(seconds=5.1)

    answer = await elsewhere.call("GET", "/users/me", alice.access_token)

    assert answer.status_code == 401
