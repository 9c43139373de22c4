"""Staying signed in with refresh tokens: what a client, a thief and an operator can bring about."""

import asyncio
from dataclasses import replace
from hashlib import sha256

import pytest

from app.adapters.tokens.jwt import base64url
from app.adapters.tokens.jwt.refresh_token import RefreshToken
from app.identity.domain import DEVICE_LENGTH, SessionId
from app.identity.errors import RefreshTokenInvalid, UserDisabled
from app.kernel.errors import AuditUnavailable, NotSignedIn, StoresUnavailable
from app.kernel.ids import new_id
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


async def test_a_refresh_gives_a_new_pair(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()

    grant, user_id = await house.tokens.refresh(refresh, "phone")

    assert user_id == house.user.id
    assert grant.access_token != access
    assert grant.refresh_token != refresh
    assert (grant.expires_in, grant.refresh_expires_in) == (600, 30 * 86_400)
    assert (await house.tokens.authenticate(grant.access_token)).user_id == house.user.id


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


async def test_a_family_ends_absolutely(house: TokenHouse, clock: TurnableClock) -> None:
    access, refresh = await house.sign_in()
    for _ in range(4):
        clock.advance(days=20)
        grant, _ = await house.tokens.refresh(refresh, "phone")
        refresh = grant.refresh_token or ""
        access = grant.access_token
    assert grant.refresh_expires_in == 10 * 86_400

    clock.advance(days=10)

    assert not await is_alive(house, refresh)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_family_that_nobody_uses_ends(house: TokenHouse, clock: TurnableClock) -> None:
    _, refresh = await house.sign_in()

    clock.advance(days=30)

    assert not await is_alive(house, refresh)


async def test_an_access_token_does_not_outlive_its_family(clock: TurnableClock) -> None:
    house = open_token_house(clock, refresh_idle_seconds=3600, access_seconds=3600)
    access, _ = await house.sign_in()
    clock.advance(seconds=3599)
    await house.tokens.authenticate(access)

    clock.advance(seconds=1)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_disabled_user_is_told_so(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))
    async with house.works.begin() as work:
        ended = await work.sessions.revoke_all(house.user.id, "disabled", work.now)
    await house.tokens.forget(*ended)

    with pytest.raises(UserDisabled):
        await house.refresh(refresh)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_user_who_was_disabled_behind_our_back_is_told_so(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))

    with pytest.raises(UserDisabled):
        await house.refresh(refresh)

    assert house.session.previous_hash is None


async def test_an_enabled_user_has_to_sign_in_again(house: TokenHouse) -> None:
    _, refresh = await house.sign_in()
    async with house.works.begin() as work:
        await work.sessions.revoke_all(house.user.id, "disabled", work.now)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(refresh)


async def test_only_who_holds_the_token_learns_that_its_user_is_disabled(
    house: TokenHouse,
) -> None:
    await house.sign_in()
    house.change_user(lambda user: user.disable(user.updated_at))
    async with house.works.begin() as work:
        await work.sessions.revoke_all(house.user.id, "disabled", work.now)

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(RefreshToken.fresh(house.session.id).text)


async def test_only_hashes_are_stored(house: TokenHouse) -> None:
    access, refresh = await house.sign_in()
    refresh = await house.refresh(refresh)
    token = RefreshToken.read(refresh)
    assert token is not None

    session = house.session

    stored = repr([getattr(session, name) for name in session.__slots__])
    assert session.token_hash == sha256(token.secret).digest()
    assert not [raw for raw in (refresh, access, repr(token.secret)) if raw in stored]
    assert repr(session.token_hash) not in repr(session)


async def test_a_thief_of_the_hashes_cannot_refresh(house: TokenHouse) -> None:
    await house.sign_in()

    token = RefreshToken(house.session.id, house.session.token_hash)

    assert not await is_alive(house, token.text)


async def test_secrets_are_256_random_bits() -> None:
    id = SessionId(new_id())

    secrets = {RefreshToken.fresh(id).secret for _ in range(1000)}

    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {32}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: text[3:],
        lambda text: text.replace("rt_", "RT_"),
        lambda text: text.replace(".", ""),
        lambda text: text.replace(".", ".."),
        lambda text: text.replace(".", "+"),
        lambda text: text[:-1] + "é",
        lambda text: text[:3] + "." + text[3:25] + text[26:],
        lambda text: text[:-1] + ("B" if text[-1] == "A" else "/"),
        lambda text: "rt_" + "A" * 21 + "B" + text[25:],
        lambda text: f"rt_{base64url.encode(bytes(17))}.{base64url.encode(bytes(31))}",
        lambda text: "x" * 1_000_000,
        lambda text: RefreshToken.fresh(SessionId(new_id())).text,
    ],
)
async def test_what_is_no_refresh_token_of_ours_is_refused(house: TokenHouse, spoil) -> None:  # type: ignore[no-untyped-def]
    _, refresh = await house.sign_in()

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(spoil(refresh))

    assert house.session.revoked_at is None


async def test_an_access_token_does_not_refresh_nor_a_refresh_token_authenticate(
    house: TokenHouse,
) -> None:
    access, refresh = await house.sign_in()

    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(access)
    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(refresh)


async def test_the_device_is_kept_short_and_follows_the_client(house: TokenHouse) -> None:
    _, refresh = await house.sign_in("x" * 300)
    assert house.session.device == "x" * DEVICE_LENGTH

    refresh = await house.refresh(refresh, "newer")
    assert house.session.device == "newer"

    await house.refresh(refresh, "")
    assert house.session.device == "newer"


async def test_a_family_is_named_by_all_its_tokens_and_by_nothing_else(
    house: TokenHouse,
) -> None:
    access, refresh = await house.sign_in()
    later = await house.refresh(refresh)

    assert house.tokens.family(refresh) == house.tokens.family(later) == str(house.session.id)
    assert house.tokens.family(access) is None
    assert house.tokens.family("rt_" + base64url.encode(bytes(16))) is None


async def test_a_logout_takes_effect_at_once_on_this_process(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    await house.tokens.authenticate(access)
    async with house.works.begin() as work:
        await work.sessions.save(house.session.revoke("logout", work.now))

    await house.tokens.forget(house.session.id)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_logout_reaches_another_process_within_five_seconds(
    house: TokenHouse, clock: TurnableClock
) -> None:
    other = open_token_house(clock, works=house.works)
    access, _ = await house.sign_in()
    await other.tokens.authenticate(access)
    async with house.works.begin() as work:
        await work.sessions.save(house.session.revoke("logout", work.now))
    await house.tokens.forget(house.session.id)

    clock.advance(seconds=5)

    with pytest.raises(NotSignedIn):
        await other.tokens.authenticate(access)


async def test_ending_all_sessions_kills_tokens_of_an_older_version(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    house.change_user(lambda user: replace(user, token_version=2))

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_a_genuine_token_of_another_users_session_is_refused(
    house: TokenHouse, clock: TurnableClock
) -> None:
    access, _ = await house.sign_in()
    stranger = open_token_house(clock).user
    house.works.rows.users[stranger.id] = stranger
    house.works.rows.sessions[house.session.id] = replace(house.session, user_id=stranger.id)

    with pytest.raises(NotSignedIn):
        await house.tokens.authenticate(access)


async def test_five_hundred_requests_at_once_ask_the_database_once(house: TokenHouse) -> None:
    access, _ = await house.sign_in()

    await asyncio.gather(*(house.tokens.authenticate(access) for _ in range(500)))

    assert house.works.reads == 1


async def test_a_database_that_is_away_lets_nobody_in(house: TokenHouse) -> None:
    access, _ = await house.sign_in()
    house.works.read_failure = StoresUnavailable()

    with pytest.raises(StoresUnavailable):
        await house.tokens.authenticate(access)

    house.works.read_failure = None
    assert await house.tokens.authenticate(access)


async def test_a_shared_secret_has_no_public_half(house: TokenHouse) -> None:
    assert house.tokens.public_keys() is None
