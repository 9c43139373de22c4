"""Ids are UUIDv7 text, written in one way only."""

from uuid import UUID

import pytest

from app.kernel.ids import new_id, parse_id


def test_ids_are_of_version_seven() -> None:
    assert new_id().version == 7


def test_a_newer_id_sorts_behind_an_older_one() -> None:
    made = [new_id() for _ in range(1000)]

    assert made == sorted(made)


def test_an_id_reads_back_from_its_text() -> None:
    made = new_id()

    assert parse_id(str(made)) == made


@pytest.mark.parametrize(
    "text",
    ["", "7", "no-id", "{01900000-0000-7000-8000-000000000000}", "0" * 32, "\x00", "1" * 9999],
)
def test_other_text_is_no_id(text: str) -> None:
    assert parse_id(text) is None


def test_an_id_in_capitals_is_no_id() -> None:
    assert parse_id(str(UUID(int=0xABCDEF)).upper()) is None
