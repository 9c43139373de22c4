"""The sandbox gives access tokens as WeChat does, the stable kind and the old one."""

from typing import Any

import httpx
import pytest

from sandbox import Sandbox
from tests.sandbox.asking import PHONE, TEXT, legacy, phone, stable


def test_a_stable_token_stays_the_same_with_less_and_less_time(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    first = stable(client)
    sandbox.advance(6000)
    second = stable(client, force_refresh=False)

    assert first["expires_in"] in (7199, 7200)
    assert second["access_token"] == first["access_token"]
    assert 1190 <= second["expires_in"] <= 1200


def test_a_stable_token_is_renewed_five_minutes_early_and_both_serve(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    old = stable(client)["access_token"]
    sandbox.advance(6901)

    new = stable(client)["access_token"]

    assert new != old
    assert phone(client, old, {"code": "none"})["errcode"] == 40029
    assert phone(client, new, {"code": "none"})["errcode"] == 40029
    sandbox.advance(300)
    assert phone(client, old, {"code": "none"})["errcode"] == 42001


def test_a_forced_refresh_ends_the_old_token_at_once(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    old = stable(client)["access_token"]

    new = stable(client, force_refresh=True)["access_token"]

    assert phone(client, old, {"code": "none"})["errcode"] == 40001
    assert phone(client, new, {"code": "none"})["errcode"] == 40029


def test_a_refresh_is_forced_at_most_every_thirty_seconds_and_twenty_times_a_day(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    assert "access_token" in stable(client, force_refresh=True)
    assert stable(client, force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        sandbox.advance(30)
        assert "access_token" in stable(client, force_refresh=True)
    sandbox.advance(30)
    assert stable(client, force_refresh=True)["errcode"] == 45009
    sandbox.advance(86_400)
    assert "access_token" in stable(client, force_refresh=True)


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"appid": "wx2"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "authorization_code"}, 40002),
    ],
)
def test_a_token_is_checked_like_an_exchange(
    client: httpx.Client, changed: dict[str, Any], errcode: int
) -> None:
    assert stable(client, **changed)["errcode"] == errcode
    assert (
        legacy(client, **{name: value or "" for name, value in changed.items()})["errcode"]
        == errcode
    )


def test_the_old_kind_of_token_is_new_each_time_and_the_one_before_ends_in_five_minutes(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    kept, first, second = (
        stable(client)["access_token"],
        legacy(client)["access_token"],
        legacy(client)["access_token"],
    )

    assert first != second
    assert phone(client, first, {"code": "none"})["errcode"] == 40029
    sandbox.advance(301)
    assert phone(client, first, {"code": "none"})["errcode"] == 42001
    assert phone(client, second, {"code": "none"})["errcode"] == 40029
    assert phone(client, kept, {"code": "none"})["errcode"] == 40029


@pytest.mark.parametrize("path", [PHONE, TEXT])
@pytest.mark.parametrize(("token", "errcode"), [("", 41001), ("wrong", 40001)])
def test_a_path_with_a_token_looks_at_it_first(
    client: httpx.Client, path: str, token: str, errcode: int
) -> None:
    answer = client.post(path, params={"access_token": token}, content=b"no json").json()

    assert answer["errcode"] == errcode


def test_a_body_that_is_no_json_is_a_format_error(client: httpx.Client) -> None:
    token = stable(client)["access_token"]

    answer = client.post(PHONE, params={"access_token": token}, content=b"no json").json()

    assert answer["errcode"] == 47001
