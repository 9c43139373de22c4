"""A cursor is what a page gave, and nothing else."""

import pytest

from app.kernel.errors import BadFields
from app.kernel.ids import new_id
from app.kernel.paging import decode_cursor, encode_cursor


def test_a_cursor_reads_back() -> None:
    last = new_id()

    assert decode_cursor(encode_cursor(last)) == last


def test_a_cursor_needs_no_escaping_in_an_address() -> None:
    cursors = "".join(encode_cursor(new_id()) for _ in range(100))

    assert set(cursors) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    "cursor", ["", "x", "=====", "AAAA", "é", "A" * 23, "A" * 5000, encode_cursor(new_id()) + "=="]
)
def test_another_cursor_is_bad_input(cursor: str) -> None:
    with pytest.raises(BadFields) as refused:
        decode_cursor(cursor)

    assert [error.field for error in refused.value.errors] == ["cursor"]


def test_a_cursor_with_spare_bits_is_bad_input() -> None:
    cursor = encode_cursor(new_id())[:-1] + "B"

    with pytest.raises(BadFields):
        decode_cursor(cursor)
