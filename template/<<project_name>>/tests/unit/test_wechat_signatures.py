"""What a client proves with its session_key: WeChat's own examples, and every way of lying."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from app.adapters.wechat.signatures import open_sealed_data, verify_raw_data
from app.identity.domain import WeChatAccount
from app.kernel.errors import BadInput

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "wechat-vectors.json").read_text(encoding="utf-8")
)
THEN = datetime.fromtimestamp(1477314187, UTC)
APPID = "wx4f4bc4dec97d474b"
KEY = "tiihtNczf5v6AKRyjwEUhQ=="
IV = "r7BXXKkLb8qrSNn05n0qiA=="


def account(appid: str = APPID, session_key: str = KEY) -> WeChatAccount:
    return WeChatAccount(appid=appid, openid="o", unionid=None, session_key=session_key)


def seal(plain: bytes, *, pad: bool = True) -> str:
    padder = PKCS7(128).padder()
    padded = padder.update(plain) + padder.finalize() if pad else plain
    encryptor = Cipher(algorithms.AES(b64decode(KEY)), modes.CBC(b64decode(IV))).encryptor()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def marked(**changed: object) -> bytes:
    watermark = {"appid": APPID, "timestamp": int(THEN.timestamp())} | changed
    return json.dumps({"openGId": "g-1", "watermark": watermark}).encode()


@pytest.mark.parametrize("vector", VECTORS["encrypted_data"], ids=lambda vector: vector["id"])
def test_sealed_data_opens_as_wechat_s_own_examples_say(vector: dict[str, Any]) -> None:
    whose = account(vector["appid"], vector["session_key"])

    if vector.get("valid", True):
        opened = open_sealed_data(whose, vector["encrypted_data"], vector["iv"], THEN)
        assert opened == vector["plaintext"]
    else:
        with pytest.raises(BadInput):
            open_sealed_data(whose, vector["encrypted_data"], vector["iv"], THEN)


@pytest.mark.parametrize("vector", VECTORS["raw_data_signature"], ids=lambda vector: vector["id"])
def test_raw_data_verifies_as_wechat_s_own_examples_say(vector: dict[str, Any]) -> None:
    whose = account(session_key=vector["session_key"])

    if vector.get("valid", True):
        verified = verify_raw_data(whose, vector["raw_data"], vector["signature"])
        assert verified == json.loads(vector["raw_data"])
    else:
        with pytest.raises(BadInput):
            verify_raw_data(whose, vector["raw_data"], vector["signature"])


@pytest.mark.parametrize("age", [timedelta(), timedelta(minutes=5), timedelta(seconds=-60)])
def test_a_watermark_of_the_last_five_minutes_is_fresh(age: timedelta) -> None:
    assert open_sealed_data(account(), seal(marked()), IV, THEN + age)["openGId"] == "g-1"


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(days=1), timedelta(minutes=-2)])
def test_an_old_watermark_is_refused(age: timedelta) -> None:
    with pytest.raises(BadInput):
        open_sealed_data(account(), seal(marked()), IV, THEN + age)


LIES: dict[str, tuple[str, str]] = {
    "nothing": ("", IV),
    "no base64": ("!", IV),
    "base64 in another way": (seal(marked())[:-1] + " ", IV),
    "base64 with loose bits": ("AB==", IV),
    "no whole block": ("AAAA", IV),
    "a block cut off": (b64encode(b64decode(seal(marked()))[:-16]).decode(), IV),
    "a bit turned": ("A" + seal(marked())[1:], IV),
    "no padding": (seal(b"\0" * 32, pad=False), IV),
    "an iv too short": (seal(marked()), "AAAA"),
    "an iv not in ASCII": (seal(marked()), "é"),
    "an iv of half a character": (seal(marked()), "\ud800"),
    "no JSON": (seal(b"hello"), IV),
    "no UTF-8": (seal(b"\xff\xfe"), IV),
    "a list": (seal(b"[]"), IV),
    "nested deeply": (seal(b"[" * 50_000), IV),
    "NaN": (seal(marked()[:-1] + b', "steps": NaN}'), IV),
    "half a character": (seal(marked()[:-1] + b', "name": "\\ud800"}'), IV),
    "no watermark": (seal(b'{"openGId": "g-1"}'), IV),
    "a watermark of text": (seal(b'{"watermark": "wx"}'), IV),
    "a watermark of another": (seal(marked(appid="wx0000000000000002")), IV),
    "a watermark without appid": (seal(marked(appid=None)), IV),
    "a time of text": (seal(marked(timestamp=str(int(THEN.timestamp())))), IV),
    "a time that is true": (seal(marked(timestamp=True)), IV),
    "no time": (seal(marked(timestamp=None)), IV),
    "a time without end": (seal(marked(timestamp=10**400)), IV),
}


@pytest.mark.parametrize(("sealed", "iv"), LIES.values(), ids=LIES.keys())
def test_every_way_of_being_wrong_is_one_refusal(sealed: str, iv: str) -> None:
    with pytest.raises(BadInput) as refusal:
        open_sealed_data(account(), sealed, iv, THEN)

    assert (str(refusal.value), refusal.value.errors) == ("", ())
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("session_key", ["", "AAAA", "not base64", KEY[:-2], KEY[:-4] + "hR=="])
def test_a_session_key_that_is_none_opens_nothing(session_key: str) -> None:
    with pytest.raises(BadInput):
        open_sealed_data(account(session_key=session_key), seal(marked()), IV, THEN)


@pytest.mark.parametrize(
    ("raw_data", "signature"),
    [
        ("{}", ""),
        ("{}", "0" * 40),
        ("{}", sha1(b"{}").hexdigest()),
        ("{}", sha1(b"{}" + KEY.encode()).hexdigest().upper()),
        ("{}", "é" * 40),
        ("{}", "\ud800"),
        ('{"name": "\ud800"}', "0" * 40),
        ("[]", sha1(b"[]" + KEY.encode()).hexdigest()),
        ("hello", sha1(b"hello" + KEY.encode()).hexdigest()),
        ("", sha1(KEY.encode()).hexdigest()),
    ],
)
def test_raw_data_that_is_not_signed_or_no_object_is_one_refusal(
    raw_data: str, signature: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        verify_raw_data(account(), raw_data, signature)

    assert (str(refusal.value), refusal.value.errors) == ("", ())
