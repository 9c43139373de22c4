"""The sandbox exchanges codes as WeChat does, quirks included."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sandbox import APPID, Sandbox
from tests.sandbox.asking import LOGIN, NO_TLS, SECRET, STABLE, exchange


def test_an_exchange_is_text_plain_without_an_errcode(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    query = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code"}

    answer = client.get(LOGIN, params=query | {"js_code": sandbox.code("alice")})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain"
    assert set(answer.json()) == {"openid", "unionid", "session_key"}


def test_the_rest_is_json_with_an_odd_encoding(client: httpx.Client) -> None:
    answer = client.post(STABLE, json={})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; encoding=utf-8"


REFUSED: list[tuple[dict[str, str], int]] = [
    ({"appid": "", "secret": "", "grant_type": "", "js_code": ""}, 41002),
    ({"appid": "wx0000000000000002", "secret": "", "grant_type": "", "js_code": ""}, 40013),
    ({"secret": "", "grant_type": "", "js_code": ""}, 41004),
    ({"secret": "wrong", "grant_type": "", "js_code": ""}, 40125),
    ({"grant_type": "", "js_code": ""}, 40002),
    ({"grant_type": "client_credential"}, 40002),
    ({"js_code": ""}, 41008),
    ({"js_code": "no-such-code"}, 40029),
]


@pytest.mark.parametrize(("changed", "errcode"), REFUSED)
def test_an_exchange_is_checked_in_this_order(
    client: httpx.Client, sandbox: Sandbox, changed: dict[str, str], errcode: int
) -> None:
    answer = exchange(client, sandbox.code("alice"), **changed)

    assert answer["errcode"] == errcode
    assert ", rid: " in answer["errmsg"]


def test_any_secret_will_do_when_none_is_known(client: httpx.Client) -> None:
    with Sandbox.start() as careless, httpx.Client(base_url=careless.url, verify=NO_TLS) as other:
        assert "openid" in exchange(other, careless.code("alice"), secret="whatever")


def test_a_code_lives_for_five_minutes_and_once(client: httpx.Client, sandbox: Sandbox) -> None:
    code, late = sandbox.code("alice"), sandbox.code("alice")

    assert "openid" in exchange(client, code)
    assert exchange(client, code)["errcode"] == 40163
    sandbox.advance(299)
    assert "openid" in exchange(client, late)
    sandbox.advance(1)
    assert exchange(client, sandbox.code("alice") and late)["errcode"] == 40029


def test_twenty_exchanges_of_one_code_at_once_give_one_session(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    code = sandbox.code("alice")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: exchange(client, code), range(20)))

    assert sorted(answer.get("errcode", 0) for answer in answers) == [0] + [40163] * 19


def test_a_user_may_come_a_hundred_times_a_minute(client: httpx.Client, sandbox: Sandbox) -> None:
    codes = [sandbox.code("alice") for _ in range(102)]
    answers = [exchange(client, code).get("errcode") for code in codes[:101]]

    assert answers == [None] * 100 + [45011]
    assert "openid" in exchange(client, sandbox.code("bob"))
    sandbox.advance(60)
    assert "openid" in exchange(client, codes[101])


def test_a_person_has_one_openid_per_mini_program_and_another_unionid(sandbox: Sandbox) -> None:
    alice, bob = sandbox.user("alice"), sandbox.user("bob")

    assert len({alice["openid"], alice["unionid"], bob["openid"], bob["unionid"]}) == 4
