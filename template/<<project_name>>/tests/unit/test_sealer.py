"""The sealer: text in, sealed value out, and back in its own place only."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.encryption.envelope import Unreadable
from app.adapters.encryption.sealer import LiveKeys, Place, Sealed, Sealer
from app.kernel.errors import Broken
from tests.unit.key_doubles import INDEX_KEY, K1, K2, sealer

ROW = UUID("01980000-0000-7000-8000-000000000001")
OTHER_ROW = UUID("01980000-0000-7000-8000-000000000002")
HERE = Place("users", "phone", ROW)
PHONE = "13800138000"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_text_comes_back_as_it_was(text: str) -> None:
    assert sealer().open(sealer().seal(text, HERE), HERE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("users", "phone", OTHER_ROW),
        Place("users", "openid", ROW),
        Place("orders", "phone", ROW),
    ],
    ids=["row", "column", "table"],
)
def test_a_sealed_value_opens_in_no_other_place(elsewhere: Place) -> None:
    sealed = sealer().seal(PHONE, HERE)

    with pytest.raises(Unreadable):
        sealer().open(sealed, elsewhere)


def test_a_sealed_value_opens_in_no_other_environment() -> None:
    sealed = sealer("staging").seal(PHONE, HERE)

    with pytest.raises(Unreadable):
        sealer("production").open(sealed, HERE)


def test_a_value_under_a_key_that_is_gone_is_unreadable() -> None:
    sealed = Sealer("test", LiveKeys(2, {2: K2}), LiveKeys(1, {1: INDEX_KEY})).seal(PHONE, HERE)

    with pytest.raises(Unreadable):
        sealer().open(sealed, HERE)


def test_values_under_an_older_key_stay_readable() -> None:
    sealed = sealer().seal(PHONE, HERE)
    rotated = Sealer("test", LiveKeys(2, {1: K1, 2: K2}), LiveKeys(1, {1: INDEX_KEY}))

    assert rotated.open(sealed, HERE) == PHONE
    assert rotated.seal(PHONE, HERE).key_id == 2


@pytest.mark.parametrize("stored", [b"", PHONE.encode(), b"\x01\x01" + bytes(40)])
def test_what_was_never_sealed_is_unreadable(stored: bytes) -> None:
    with pytest.raises(Unreadable):
        sealer().open(Sealed(stored), HERE)


def test_an_unreadable_value_is_a_fault_of_the_service_without_words() -> None:
    with pytest.raises(Broken) as refused:
        sealer().open(Sealed(b""), HERE)

    assert (refused.value.code, str(refused.value)) == (500, "")


def test_nothing_that_prints_shows_a_value_or_a_key() -> None:
    keys = LiveKeys(1, {1: b"do-not-print-me-do-not-print-me-"})
    here = Sealer("test", keys, keys)
    sealed = here.seal("do-not-print", HERE)

    printed = f"{here!r} {here} {keys!r} {keys} {sealed!r} {sealed} {[sealed]}"

    assert "do-not-print" not in printed
    assert str(sealed) == repr(sealed) == f"{sealed}" == "[sealed]"
    assert str(sealed.data) not in printed
