"""The audit trail's strict events: they stand or fall with their work, and name nobody."""

import pytest

from app.adapters.audit.settings import new_pseudonym_key
from app.adapters.audit.trail import Pseudonyms
from app.kernel.audit import AuditEntry
from app.kernel.errors import AuditUnavailable, DatabaseBusy
from app.kernel.request import request_id
from tests.unit.audit_doubles import KEY, USER, MemoryAuditStore, audit_settings, sign_in, trail_on
from tests.unit.key_doubles import NOW

EXPORT = AuditEntry("identity.export", USER, USER)


async def test_a_strict_event_is_written_in_its_work() -> None:
    store = MemoryAuditStore()
    work_time = NOW.replace(hour=5)

    await trail_on(store).within(store, work_time).record(EXPORT)

    [row] = store.rows
    assert (row.action, row.outcome, row.happened_at) == ("identity.export", "done", work_time)
    assert store.commits == 0


async def test_a_strict_event_that_cannot_be_written_fails_the_work() -> None:
    store = MemoryAuditStore()
    store.go_away()

    with pytest.raises(AuditUnavailable) as refused:
        await trail_on(store).within(store, NOW).record(EXPORT)

    assert refused.value.code == 9004


async def test_a_busy_store_says_when_to_come_again() -> None:
    store = MemoryAuditStore()
    store.failure = DatabaseBusy(retry_after_seconds=2)

    with pytest.raises(AuditUnavailable) as refused:
        await trail_on(store).within(store, NOW).record(EXPORT)

    assert refused.value.retry_after_seconds == 2


async def test_an_event_of_its_own_is_committed_before_it_returns() -> None:
    store = MemoryAuditStore()

    await trail_on(store).commit(AuditEntry("encryption.unwrap", "system", "system"))

    assert store.commits == 1
    assert store.rows[0].happened_at == NOW


async def test_an_event_of_its_own_that_cannot_be_committed_is_an_error() -> None:
    store = MemoryAuditStore()
    store.go_away()

    with pytest.raises(AuditUnavailable):
        await trail_on(store).commit(EXPORT)


async def test_a_row_carries_the_request_it_belongs_to() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)
    await trail.start()
    token = request_id.set("request-7")

    await trail.within(store, NOW).record(EXPORT)
    trail.within(store, NOW).note(sign_in(1))
    request_id.reset(token)
    await trail.stop()

    assert [row.request_id for row in store.rows] == ["request-7", "request-7"]


async def test_subjects_and_actors_are_pseudonyms() -> None:
    store = MemoryAuditStore()
    trail = trail_on(store)

    await trail.commit(AuditEntry("identity.disable", "operator", USER))
    await trail.commit(EXPORT)

    disabled, exported = store.rows
    assert disabled.actor == "operator"
    assert disabled.subject == exported.subject == Pseudonyms(audit_settings()).of(USER)
    assert len(disabled.subject) == 32
    assert not [row for row in store.rows if USER in repr(row) or USER[:8] in repr(row)]


def test_a_pseudonym_depends_on_its_key() -> None:
    another = audit_settings(pseudonym_key=new_pseudonym_key())

    assert Pseudonyms(another).of(USER) != Pseudonyms(audit_settings()).of(USER)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "change-me",
        "0" * 64,
        "ab" * 32,
        bytes(range(32)).hex(),
        KEY[:-2],
        KEY.upper(),
        KEY + "\n",
    ],
)
def test_a_weak_or_wrong_pseudonym_key_stops_the_start_and_is_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="AUDIT_PSEUDONYM_KEY") as refused:
        audit_settings(pseudonym_key=key)

    assert not key or key not in str(refused.value)


def test_a_new_pseudonym_key_is_accepted_and_prints_nothing() -> None:
    key = new_pseudonym_key()

    settings = audit_settings(pseudonym_key=key)

    assert key not in f"{settings!r} {settings} {settings.model_dump()}"
