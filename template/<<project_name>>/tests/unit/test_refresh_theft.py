"""Rotation seen by a client that loses answers and by a thief."""

import pytest

from app.adapters.tokens.jwt.tokens import RefreshToken
from app.identity.errors import RefreshTokenInvalid
from app.kernel.errors import AuditUnavailable, NotSignedIn
from tests.clock import TurnableClock
from tests.unit.token_doubles import TokenHouse, gather_all, open_token_house


@pytest.fixture
def house(clock: TurnableClock) -> TokenHouse:
    return open_token_house(clock)


async def is_alive(house: TokenHouse, refresh_token: str) -> bool:
    try:
        await house.refresh(refresh_token)
    except RefreshTokenInvalid:
        return False
    return True


async def test_fifty_parallel_refreshes_leave_exactly_one_live_lineage(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()

    given = await gather_all(*(house.refresh(refresh) for _ in range(50)))

    current = [token for token in given if RefreshToken.read(str(token)).hash  # type: ignore[union-attr]
               == house.session.token_hash]  # fmt: skip
    assert len(set(map(str, given))) == 50
    assert len(current) == 1
    assert house.session.is_alive(house.session.last_seen_at)


async def test_a_lost_answer_locks_nobody_out(house: TokenHouse, clock: TurnableClock) -> None:
    _, refresh = await house.sign_in()
    await house.refresh(refresh)
    clock.advance(seconds=30)

    again = await house.refresh(refresh)

    assert await is_alive(house, again)


async def test_a_predecessor_after_the_grace_ends_the_family(
    house: TokenHouse, clock: TurnableClock
) -> None:
    access, refresh = await house.sign_in()
    current = await house.refresh(refresh)
    clock.advance(seconds=31)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(refresh)

    assert house.session.revoked_reason == "reuse"
    assert not await is_alive(house, current)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_two_generations_back_ends_the_family(house: TokenHouse) -> None:
    _, oldest = await house.sign_in()
    current = await house.refresh(await house.refresh(oldest))

    assert not await is_alive(house, oldest)
    assert not await is_alive(house, current)


async def test_a_displaced_sibling_ends_the_family(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    displaced = await house.refresh(refresh)
    sibling = await house.refresh(refresh)

    assert not await is_alive(house, displaced)
    assert not await is_alive(house, sibling)


async def test_theft_is_audited_with_the_revocation(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    await house.refresh(await house.refresh(refresh))

    await is_alive(house, refresh)
    await is_alive(house, refresh)

    [entry] = house.works.rows.audit
    assert (entry.action, entry.outcome) == ("identity.refresh_reuse", "refused")
    assert entry.subject == str(house.user.id)


async def test_without_its_audit_entry_theft_is_not_settled(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    await house.refresh(await house.refresh(refresh))
    house.works.is_audit_away = True

    with pytest.raises(AuditUnavailable):
        await house.refresh(refresh)

    assert house.session.revoked_at is None


async def test_theft_in_one_family_leaves_the_others_alone(house: TokenHouse) -> None:
    _, phone = await house.sign_in("phone")
    tablet_access, tablet = await house.sign_in("tablet")
    await house.refresh(await house.refresh(phone))

    await is_alive(house, phone)

    assert await house.tokens.authenticate(tablet_access)
    assert await is_alive(house, tablet)


async def test_theft_ends_access_at_once_on_this_process(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()
    await house.refresh(await house.refresh(refresh))
    await house.tokens.authenticate(access)

    await is_alive(house, refresh)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)
