"""Reading bodies strictly."""

import json
from contextlib import suppress
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.kernel.errors import BadFields
from app.web.decoding import LARGEST, MOST, NotJson, decode, parse
from app.web.schemas import Body, left_out


class Inner(Body):
    quantity: Annotated[int, Field(ge=1)]


class Outer(Body):
    name: str = left_out()
    items: Annotated[list[Inner], Field(max_length=3)] = left_out()


def reasons(body: bytes, *, forbid_unknown: bool = True) -> list[tuple[str, str]]:
    with pytest.raises(BadFields) as refused:
        decode(body, "application/json", Outer, forbid_unknown=forbid_unknown)
    return [(error.field, error.reason) for error in refused.value.errors]


def whole(body: bytes) -> str:
    [(field, reason)] = reasons(body)
    assert field == ""
    return reason


def test_what_is_right_is_read() -> None:
    read = decode(b' {"name":"\xe8\x8c\xb6"} ', "application/json", Outer, forbid_unknown=True)

    assert (read.name, read.items) == ("茶", None)


@pytest.mark.parametrize(
    "body",
    [b"{", b"nul", b"[1,]", b"{'a':1}", b"NaN", b'{"a":Infinity}', b'"\x01"', b"\xef\xbb\xbf{}"],
)
def test_broken_json_is_refused(body: bytes) -> None:
    assert whole(body) == "json"


def test_bad_utf_8_is_refused() -> None:
    assert whole(b'{"name":"\xff"}') == "utf8"


def test_utf_8_cannot_smuggle_a_surrogate_in() -> None:
    assert whole(b'{"name":"\xed\xa0\x80"}') == "utf8"


@pytest.mark.parametrize("body", [b'{"name":"a","name":"b"}', b'{"items":[{"a":1,"a":1}]}'])
def test_duplicate_members_are_refused_at_any_depth(body: bytes) -> None:
    assert whole(body) == "duplicate"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_refused_beyond_32_levels(opening: str) -> None:
    closing = "]" if opening == "[" else "}"

    def nested(levels: int) -> bytes:
        return (opening * levels + "1" + closing * levels).encode()

    assert parse(nested(32)) is not None
    assert whole(nested(33)) == "nesting"
    assert whole(nested(200_000)) == "nesting"


def test_many_shallow_lists_are_not_deep() -> None:
    assert parse(b"[" + b"[]," * 40 + b"[]]") == [[]] * 41


@pytest.mark.parametrize(
    "body",
    [b'{"name":"\\u0000"}', b'{"\\u0000":1}', b'{"name":"\\ud800"}', b'[["\\udfff"]]'],
)
def test_text_refuses_nul_and_lone_surrogates(body: bytes) -> None:
    assert whole(body) == "text_characters"


def test_a_pair_of_surrogates_is_one_letter() -> None:
    assert parse(b'"\\ud83c\\udf75"') == "🍵"


@pytest.mark.parametrize("number", [LARGEST, -LARGEST])
def test_integers_go_as_far_as_javascript_can_count(number: int) -> None:
    assert parse(b"%d" % number) == number
    assert whole(b"%d" % (number + (1 if number > 0 else -1))) == "number"


@pytest.mark.parametrize("number", [b"1e400", b"-1e999", b"9" * 5000, b"-" + b"9" * 20])
def test_numbers_that_nobody_can_hold_are_refused(number: bytes) -> None:
    assert whole(b'{"other":' + number + b"}") == "number"


@pytest.mark.parametrize("value", [b'"1"', b"1.0", b"true", b"null", b"[1]", b"1e0"])
def test_types_are_strict(value: bytes) -> None:
    assert reasons(b'{"items":[{"quantity":%s}]}' % value) == [("items.0.quantity", "integer")]


def test_null_is_not_the_same_as_left_out() -> None:
    assert reasons(b'{"name":null}') == [("name", "text")]


def test_unknown_members_are_refused_or_ignored_at_any_depth() -> None:
    body = b'{"id":"x","items":[{"quantity":1,"unit_price":0}]}'

    assert reasons(body) == [("items.0.unit_price", "unknown"), ("id", "unknown")]
    read = decode(body, "application/json", Outer, forbid_unknown=False)
    assert read.model_dump() == {"name": None, "items": [{"quantity": 1}]}


def test_a_long_unknown_name_is_cut() -> None:
    [(field, _)] = reasons(b'{"%s":1}' % (b"x" * 1000))

    assert field == "x" * 64


def test_an_answer_names_a_few_errors_only() -> None:
    body = json.dumps({f"field{i}": 1 for i in range(1000)}).encode()

    assert len(reasons(body)) == MOST


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null"])
def test_a_body_is_an_object(body: bytes) -> None:
    assert whole(body) == "object"


def test_no_body_is_refused_as_such() -> None:
    assert whole(b"") == "body"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON ; Charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_may_say_that_it_is_utf_8(content_type: str) -> None:
    assert decode(b"{}", content_type, Outer, forbid_unknown=True).name is None


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/json; charset=gbk", "application/x-www-form-urlencoded",
     "application/jsonp", "application/problem+json", "json", "*/*"],
)  # fmt: skip
def test_another_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(NotJson):
        decode(b"{}", content_type, Outer, forbid_unknown=True)


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(
        st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text("abc", max_size=3), inner, max_size=3
    ),
    max_leaves=10,
))  # fmt: skip
def test_whatever_json_can_say_is_read_back(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BadFields):
        parse(body)
