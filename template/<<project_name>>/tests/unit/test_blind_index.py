"""Blind indexes: equal values are found again, and nothing else is told."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.adapters.encryption.envelope import INDEX_LENGTH, IndexKey
from app.adapters.encryption.sealer import LiveKeys, Sealer
from app.identity.domain import normalise_phone
from tests.unit.key_doubles import INDEX_KEY, K1, K2, sealer

PHONE = "13800138000"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=64))
def test_equal_values_have_equal_indexes(value: str) -> None:
    assert sealer().index(value, "users", "phone") == sealer().index(value, "users", "phone")


@given(st.text(max_size=20), st.text(max_size=20))
def test_phones_have_equal_indexes_only_when_they_are_equal(one: str, other: str) -> None:
    here = sealer()
    first, second = normalise_phone(one), normalise_phone(other)

    found = here.index(first, "users", "phone") == here.index(second, "users", "phone")

    assert found == (first == second)


def test_one_value_has_another_index_in_every_other_place() -> None:
    places = [
        sealer().index(PHONE, "users", "phone"),
        sealer().index(PHONE, "users", "openid"),
        sealer().index(PHONE, "orders", "phone"),
        sealer().index(PHONE, "users", "phone", "wx1"),
        sealer().index(PHONE, "users", "phone", "wx2"),
        sealer().index(PHONE, "users", "phonewx1"),
        sealer("production").index(PHONE, "users", "phone"),
    ]

    assert all(one != other for one, other in combinations(places, 2))


def test_an_index_is_a_version_and_sixteen_bytes_that_are_not_the_value() -> None:
    index = sealer().index(PHONE, "users", "phone")

    assert len(index) == INDEX_LENGTH == 17
    assert index[0] == 1
    assert PHONE.encode() not in index


def test_an_index_survives_a_change_of_the_data_key() -> None:
    before = Sealer("test", LiveKeys(1, {1: K1}), LiveKeys(1, {1: INDEX_KEY}))
    after = Sealer("test", LiveKeys(2, {1: K1, 2: K2}), LiveKeys(1, {1: INDEX_KEY}))

    assert before.index(PHONE, "users", "phone") == after.index(PHONE, "users", "phone")


def test_while_an_index_key_rotates_both_versions_find_the_value() -> None:
    before = Sealer("test", LiveKeys(1, {1: K1}), LiveKeys(1, {1: INDEX_KEY}))
    during = Sealer("test", LiveKeys(1, {1: K1}), LiveKeys(1, {1: INDEX_KEY, 2: K2}))
    after = Sealer("test", LiveKeys(1, {1: K1}), LiveKeys(2, {1: INDEX_KEY, 2: K2}))

    found = during.indexes(PHONE, "users", "phone")

    assert found == (after.index(PHONE, "users", "phone"), before.index(PHONE, "users", "phone"))
    assert during.index(PHONE, "users", "phone") == found[1]
    assert [index[0] for index in found] == [2, 1]


def test_every_way_of_writing_a_chinese_number_finds_it() -> None:
    written = [
        "13800138000",
        "+8613800138000",
        "+86 138 0013 8000",
        "8613800138000",
        "0086-138-0013-8000",
        "１３８００１３８０００",
        "＋８６ １３８００１３８０００",
        "(+86)138\u00a00013\u30008000",
    ]

    assert {normalise_phone(number) for number in written} == {PHONE}


def test_a_number_from_abroad_keeps_its_country() -> None:
    assert normalise_phone("+1 (415) 555-0100") == "+14155550100"
    assert normalise_phone("001 415 555 0100") == "+14155550100"
    assert normalise_phone("+852 5123 4567") == "+85251234567"


@given(st.text(max_size=30))
def test_a_normalised_number_stays_as_it_is(text: str) -> None:
    once = normalise_phone(text)

    assert normalise_phone(once) == once


def test_an_index_key_prints_nothing_secret() -> None:
    assert repr(IndexKey(1, K1)) == "IndexKey(id=1)"
