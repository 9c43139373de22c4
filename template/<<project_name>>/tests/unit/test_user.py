"""What may happen to a user."""

from datetime import UTC, datetime, timedelta

import pytest

from app.identity.domain import ERASED, User, UserId, WeChatAccount, mask_phone
from app.kernel.ids import new_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ACCOUNT = WeChatAccount("wx1", "o-alice", "u-alice", "key-1")


def arrived() -> User:
    return User.arrive(UserId(new_id()), ACCOUNT, NOW)


def test_the_newest_session_key_wins() -> None:
    returned = arrived().return_with(WeChatAccount("wx1", "o-alice", "u-alice", "key-2"), LATER)

    assert returned.wechat is not None
    assert returned.wechat.session_key == "key-2"


def test_a_known_unionid_is_never_lost() -> None:
    returned = arrived().return_with(WeChatAccount("wx1", "o-alice", None, "key-2"), LATER)

    assert returned.wechat is not None
    assert returned.wechat.unionid == "u-alice"


def test_fields_left_out_stay() -> None:
    named = arrived().describe("Alice", "https://a.example/a.png", NOW)

    assert named.describe(None, "https://a.example/b.png", LATER).nickname == "Alice"
    assert named.describe("Bob", None, LATER).avatar_url == "https://a.example/a.png"


def test_an_erased_user_keeps_the_id_and_nothing_else() -> None:
    named = arrived().describe("Alice", "https://a.example/a.png", NOW).bind_phone("138", NOW)

    erased, _ = named.erase(LATER)

    assert (erased.id, erased.erased_at) == (named.id, LATER)
    assert (erased.wechat, erased.phone, erased.nickname, erased.avatar_url) == (None, None, "", "")


def test_erasing_tells_the_other_modules() -> None:
    user = arrived()

    _, event = user.erase(LATER)

    assert (event.name, event.subject, event.occurred_at) == (ERASED, user.id, LATER)
    assert event.data == {}


def test_nothing_personal_is_printed() -> None:
    printed = repr(arrived().bind_phone("13800138000", NOW))

    assert not [word for word in ("alice", "key-1", "138") if word in printed]


def test_a_bucket_is_two_digits_and_stable() -> None:
    users = [arrived() for _ in range(200)]
    buckets = [user.profile().bucket for user in users]

    assert all(len(bucket) == 2 and bucket.isdigit() for bucket in buckets)
    assert buckets == [user.erase(LATER)[0].profile().bucket for user in users]
    assert len(set(buckets)) > 50


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        (None, None),
        ("13800138000", "138****8000"),
        ("+14155550123", "+14****0123"),
        ("12345", "***45"),
    ],
)
def test_a_phone_is_masked(phone: str | None, masked: str | None) -> None:
    assert mask_phone(phone) == masked
