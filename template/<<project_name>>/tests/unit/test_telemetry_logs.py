"""Logs: one event is one line, and none shows a secret."""

import json
import logging
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pytest

from app.adapters.telemetry import configure_logs
from app.adapters.telemetry.redaction import HIDDEN
from app.adapters.telemetry.settings import TelemetrySettings
from app.kernel.request import request_id

HOSTILE = [
    "first\nsecond",
    "first\r\nsecond",
    "\x1b[2J\x1b[31mred",
    "line\u2028separator\u2029paragraph",
    "next\x85line",
    "\x9b31m",
    "right\u202eto left",
    "\ud800 alone",
    "\x00 nothing",
    '"}\n{"event": "forged"',
]

SECRET = "s3cr3t-v4lue-of-mine"


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Logs as operators of production see them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = StringIO()
    configure_logs(TelemetrySettings(), stream)
    yield stream
    root.handlers[:], root.level = handlers, level


def only_event(stream: StringIO) -> dict[str, Any]:
    [line] = stream.getvalue().splitlines()
    event: dict[str, Any] = json.loads(line)
    return event


def test_an_event_is_one_json_object_with_its_fields(stream: StringIO) -> None:
    logging.getLogger("app.orders").info("order %s", "placed", extra={"items": 3})

    event = only_event(stream)

    assert event["event"] == "order placed"
    assert (event["level"], event["logger"], event["items"]) == ("info", "app.orders", 3)
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_forge_a_line(stream: StringIO, text: str) -> None:
    logging.getLogger(text).warning(text, extra={"field": text, "deep": [{text: text}]})

    event = only_event(stream)

    assert event["field"] == text
    assert [c for c in stream.getvalue()[:-1] if not c.isprintable()] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_forge_a_line_on_a_terminal(text: str) -> None:
    stream = StringIO()
    configure_logs(TelemetrySettings(log_format="console"), stream)

    logging.getLogger("app").warning(text, extra={"field": text})

    assert stream.getvalue().count("\n") == 1
    assert [c for c in stream.getvalue()[:-1] if not c.isprintable()] == []


def test_chinese_stays_readable(stream: StringIO) -> None:
    logging.getLogger("app").info("下单", extra={"tea": "龙井"})

    assert "龙井" in stream.getvalue()


def test_the_request_that_is_served_is_named(stream: StringIO) -> None:
    token = request_id.set("0198-abc")
    logging.getLogger("app").info("within")
    request_id.reset(token)

    assert only_event(stream)["request_id"] == "0198-abc"


def test_a_traceback_stays_within_its_event(stream: StringIO) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("app").exception("failed")

    assert only_event(stream)["exception"].startswith("Traceback")


def test_a_developer_sees_a_traceback_line_by_line() -> None:
    stream = StringIO()
    configure_logs(TelemetrySettings(log_format="console"), stream)

    try:
        raise ValueError("first")
    except ValueError:
        logging.getLogger("app").exception("failed")

    first, *others = stream.getvalue().splitlines()
    assert " error    failed" in first
    assert others
    assert all(line.startswith("    | ") for line in others)


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refresh_token",
        "Authorization",
        "Set-Cookie",
        "password",
        "sessionKey",
        "session_key",
        "openid",
        "unionid",
        "phone",
        "appsecret",
        "js_code",
        "code",
        "signature",
        "encryptedData",
        "iv",
        "ENCRYPTION_KEYRING",
        "TOKENS_SIGNING_KEYS",
        "AUDIT_PSEUDONYM_KEY",
    ],
)
def test_a_field_with_a_secret_name_is_hidden_at_any_depth(stream: StringIO, name: str) -> None:
    logging.getLogger("app").info("call", extra={name: SECRET, "body": [{"in": {name: SECRET}}]})

    assert SECRET not in stream.getvalue()
    assert only_event(stream)[name] == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.weixin.qq.com/sns/jscode2session?appid=wx1&secret={SECRET}&js_code=x",
        f"?access_token={SECRET}",
        f'{{"session_key": "{SECRET}"}}',
        f"{{'openid': '{SECRET}'}}",
        f"Authorization: Bearer {SECRET}",
        f"postgresql://shop:{SECRET}@db/shop",
        f"password={SECRET}",
    ],
)
def test_a_secret_within_a_sentence_is_hidden(stream: StringIO, text: str) -> None:
    logging.getLogger("foreign").warning(text, extra={"detail": text, "failure": ValueError(text)})

    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize("phone", ["13800138000", "+8613800138000"])
def test_a_phone_number_within_a_sentence_is_hidden(stream: StringIO, phone: str) -> None:
    logging.getLogger("app").info("bound %s", phone, extra={"said": f"({phone})"})

    assert "13800138000" not in stream.getvalue()


def test_a_jwt_within_a_sentence_is_hidden(stream: StringIO) -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

    logging.getLogger("app").info("got %s", jwt)

    assert "c2lnbmF0dXJl" not in stream.getvalue()


def test_an_exception_shows_no_secret(stream: StringIO) -> None:
    try:
        raise ValueError(f"bad url https://x/?secret={SECRET}")
    except ValueError:
        logging.getLogger("app").exception("failed")

    assert SECRET not in stream.getvalue()


def test_what_is_no_secret_stays(stream: StringIO) -> None:
    fields = {"route": "/orders", "status": 200, "answer_code": 1101, "none": None, "rate": 0.5}

    logging.getLogger("app").info("request", extra=fields)

    assert only_event(stream).items() >= fields.items()


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "granian.access", "aiosqlite"])
def test_libraries_that_tell_too_much_are_not_heard(stream: StringIO, name: str) -> None:
    logging.getLogger(name).info("GET https://api.weixin.qq.com/?secret=1")

    assert stream.getvalue() == ""


def test_the_level_is_the_operators_choice(stream: StringIO) -> None:
    configure_logs(TelemetrySettings(log_level="WARNING"), stream)

    logging.getLogger("app").info("quiet")

    assert stream.getvalue() == ""


def test_arguments_that_do_not_fit_lose_no_event(stream: StringIO) -> None:
    logging.getLogger("app").info("%s and %s", "one")

    assert only_event(stream)["event"] == "%s and %s"


def test_values_that_json_does_not_know_are_written_as_text(stream: StringIO) -> None:
    deep: list[object] = []
    for _ in range(10):
        deep = [deep]

    logging.getLogger("app").info("odd", extra={"rate": float("nan"), "kind": {1}, "deep": deep})

    assert only_event(stream)["rate"] == "nan"
    assert "too deep" in stream.getvalue()


def test_a_stream_that_is_not_utf8_is_made_so() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    configure_logs(TelemetrySettings(log_format="console"), stream)

    logging.getLogger("app").warning("龙井")
    stream.flush()

    assert "龙井" in raw.getvalue().decode("utf-8")


def test_a_full_disk_does_not_end_a_request() -> None:
    class Full(StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    configure_logs(TelemetrySettings(), Full())

    logging.getLogger("app").warning("lost")
