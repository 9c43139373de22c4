"""Which web pages of other origins may call."""

import httpx

from .conftest import Open

API = "/api/v1"
ME = f"{API}/users/me"


ORIGIN = {"Origin": "https://admin.test"}
ASKS = {**ORIGIN, "Access-Control-Request-Method": "POST"}


async def test_cors_is_off_and_options_is_405(client: httpx.AsyncClient) -> None:
    answer = await client.options(ME, headers=ASKS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PUT")
    assert "access-control-allow-origin" not in answer.headers


async def test_named_origins_may_call(open_client: Open) -> None:
    client = open_client(cors_origins=("https://admin.test",))

    asked = await client.options(ME, headers=ASKS)
    called = await client.get("/healthz", headers=ORIGIN)

    assert asked.status_code == 200
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert asked.headers["access-control-allow-origin"] == "https://admin.test"
    assert called.headers["access-control-allow-origin"] == "https://admin.test"
    assert "access-control-allow-credentials" not in called.headers
    assert called.headers["vary"] == "Origin"


async def test_other_origins_may_not_and_a_bare_options_is_405(open_client: Open) -> None:
    client = open_client(cors_origins=("https://admin.test",))

    foreign = await client.options(ME, headers={**ASKS, "Origin": "https://admin.test.evil"})
    bare = await client.options(ME, headers=ORIGIN)

    assert (foreign.status_code, bare.status_code) == (405, 405)
    assert "access-control-allow-origin" not in foreign.headers
