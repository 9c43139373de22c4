"""The state machine of refresh token rotation, against a model that remembers every token."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.identity.domain import Session, SessionId, UserId
from app.kernel.ids import new_id

START = datetime(2026, 1, 1, tzinfo=UTC)
GRACE, IDLE, ABSOLUTE = timedelta(seconds=30), timedelta(days=30), timedelta(days=90)


def token(number: int) -> bytes:
    return number.to_bytes(32)


def started() -> Session:
    return Session(
        id=SessionId(new_id()),
        user_id=UserId(new_id()),
        device="phone",
        token_hash=token(0),
        created_at=START,
        last_seen_at=START,
        expires_at=START + IDLE,
        absolute_expires_at=START + ABSOLUTE,
    )


def rotate(session: Session, presented: int, fresh: int, now: datetime) -> tuple[Session, str]:
    return session.rotate(token(presented), token(fresh), now, grace=GRACE, idle=IDLE)


class Rotation(RuleBasedStateMachine):
    """A thief and a client present any token that was ever given out, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.session = started()
        self.now = START
        self.given = 1
        self.current: int | None = 0
        self.predecessor: int | None = None
        self.rotated_at = START
        self.used_at = START

    @rule(seconds=st.sampled_from([0, 1, 29, 30, 31, 60, 86_400, 86_400 * 20, 86_400 * 31]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data())
    def present_any(self, data: st.DataObject) -> None:
        self.present(data.draw(st.integers(0, self.given)))

    @precondition(lambda self: self.current is not None)
    @rule()
    def present_current(self) -> None:
        self.present(self.current or 0)

    @precondition(lambda self: self.predecessor is not None)
    @rule()
    def present_predecessor(self) -> None:
        self.present(self.predecessor or 0)

    def present(self, presented: int) -> None:
        fresh = self.given + 1
        self.session, meaning = rotate(self.session, presented, fresh, self.now)
        assert meaning == self.expected(presented)
        if meaning in ("rotated", "replayed"):
            self.given, self.used_at = fresh, self.now
            if meaning == "rotated":
                self.predecessor, self.rotated_at = presented, self.now
            self.current = fresh
        if meaning == "stolen":
            self.current = None

    def expected(self, presented: int) -> str:
        idle, old = self.now - self.used_at >= IDLE, self.now - START >= ABSOLUTE
        if self.current is None or idle or old:
            return "ended"
        if presented == self.current:
            return "rotated"
        if presented == self.predecessor and self.now - self.rotated_at <= GRACE:
            return "replayed"
        return "stolen"

    @invariant()
    def at_most_one_token_is_live(self) -> None:
        """Presented two grace periods later, when no lost answer can be the reason any more."""
        later = self.now + 2 * GRACE
        meanings = [
            rotate(self.session, number, self.given + 2, later)[1]
            for number in range(self.given + 1)
        ]
        assert meanings.count("rotated") <= 1
        assert "replayed" not in meanings

    @invariant()
    def the_absolute_end_never_moves(self) -> None:
        assert self.session.absolute_expires_at == START + ABSOLUTE
        assert self.session.expires_at <= START + ABSOLUTE


TestRotation = Rotation.TestCase
TestRotation.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_the_immediate_predecessor_is_accepted_to_the_last_second_of_the_grace() -> None:
    turned, _ = rotate(started(), 0, 1, START)

    assert rotate(turned, 0, 2, START + GRACE)[1] == "replayed"
    assert rotate(turned, 0, 2, START + GRACE + timedelta(microseconds=1))[1] == "stolen"


def test_a_replay_leaves_the_predecessor_and_its_time() -> None:
    turned, _ = rotate(started(), 0, 1, START)

    replayed, _ = rotate(turned, 0, 2, START + timedelta(seconds=20))

    assert (replayed.previous_hash, replayed.rotated_at) == (token(0), START)
    assert rotate(replayed, 0, 3, START + timedelta(seconds=31))[1] == "stolen"


def test_the_token_that_a_sibling_displaced_is_dead() -> None:
    turned, _ = rotate(started(), 0, 1, START)
    replayed, _ = rotate(turned, 0, 2, START)

    assert rotate(replayed, 1, 3, START)[1] == "stolen"


def test_two_generations_back_is_theft_within_the_grace() -> None:
    once, _ = rotate(started(), 0, 1, START)
    twice, _ = rotate(once, 1, 2, START)

    revoked, meaning = rotate(twice, 0, 3, START)

    assert meaning == "stolen"
    assert (revoked.revoked_at, revoked.revoked_reason) == (START, "reuse")
    assert rotate(revoked, 2, 4, START) == (revoked, "ended")


@pytest.mark.parametrize("alive_for", [timedelta(0), IDLE - timedelta(seconds=1)])
def test_a_family_that_is_used_stays(alive_for: timedelta) -> None:
    assert rotate(started(), 0, 1, START + alive_for)[1] == "rotated"


def test_a_family_that_nobody_used_is_over() -> None:
    assert rotate(started(), 0, 1, START + IDLE)[1] == "ended"


def test_a_family_ends_absolutely() -> None:
    session = replace(started(), expires_at=START + ABSOLUTE + IDLE)

    assert rotate(session, 0, 1, START + ABSOLUTE)[1] == "ended"


def test_using_a_family_does_not_move_its_absolute_end() -> None:
    late = START + ABSOLUTE - timedelta(days=10)

    turned, _ = rotate(replace(started(), expires_at=START + ABSOLUTE), 0, 1, late)

    assert turned.expires_at == START + ABSOLUTE
