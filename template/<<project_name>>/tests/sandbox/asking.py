"""Asking the sandbox as a backend does, and driving it as a test does."""

import ssl
from typing import Any

import httpx

from sandbox import APPID

# Reading the certificates of this machine takes longer than a test.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

SECRET = "5f1e0c9ab37d4826a1c05be29f7d3368"
LOGIN = "/sns/jscode2session"
STABLE = "/cgi-bin/stable_token"
PHONE = "/wxa/business/getuserphonenumber"
CHECK = "/wxa/checksession"
RESET = "/wxa/resetusersessionkey"
TEXT = "/wxa/msg_sec_check"


def control(client: httpx.Client, route: str, body: object) -> Any:
    answer = client.post(f"/_sandbox/{route}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def login(client: httpx.Client, code: str, **changed: str) -> httpx.Response:
    query = {"appid": APPID, "secret": SECRET, "grant_type": "authorization_code", "js_code": code}
    return client.get(LOGIN, params=query | changed)


def exchange(client: httpx.Client, code: str, **changed: str) -> Any:
    """What WeChat says of a login code."""
    return login(client, code, **changed).json()


def stable(client: httpx.Client, **changed: object) -> Any:
    body = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET} | changed
    return client.post(STABLE, json=body).json()


def legacy(client: httpx.Client, **changed: str) -> Any:
    query = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET} | changed
    return client.get("/cgi-bin/token", params=query).json()


def phone(client: httpx.Client, token: str, body: object) -> Any:
    return client.post(PHONE, params={"access_token": token}, json=body).json()
