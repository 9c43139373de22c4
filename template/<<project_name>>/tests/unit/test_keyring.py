"""The keyring: how it is written down, and what keeps a start from happening."""

import os
from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.adapters.encryption import open_key_service
from app.adapters.encryption.keyring import Keyring
from app.adapters.encryption.settings import EncryptionSettings, new_keyring_text, parse_keyring
from tests.unit.key_doubles import K1, K2

CONTEXT = {"context": "test", "purpose": "data", "key": "1"}


def text(secret: bytes, name: str = "k1") -> str:
    return f"{name}:{b64encode(_mixed(secret)).decode()}"


def settings_of(**given: object) -> EncryptionSettings:
    """Whatever the environment of this machine says."""
    return EncryptionSettings.model_validate(given)


def _mixed(secret: bytes) -> bytes:
    """The doubles' keys are staircases, which a real keyring refuses."""
    return secret[::2] + secret[1::2]


def test_a_new_keyring_is_accepted_and_never_the_same() -> None:
    keys = [settings_of(keyring=new_keyring_text()).keys() for _ in range(20)]

    assert {tuple(ring) for ring in keys} == {("k1",)}
    assert len({ring["k1"] for ring in keys}) == 20


async def test_the_first_key_wraps_and_every_key_opens() -> None:
    old = open_key_service(settings_of(keyring=text(K1)))
    both = open_key_service(settings_of(keyring=f"{text(K2, 'k2')},{text(K1)}"))

    wrapped = await old.wrap(bytes(32), CONTEXT)

    assert await both.unwrap(wrapped, CONTEXT) == bytes(32)
    assert (await both.wrap(bytes(32), CONTEXT)).by == await both.describe() == "k2"


def test_a_file_may_hold_one_key_a_line() -> None:
    assert list(parse_keyring(f"\n{text(K2, 'k2')}\r\n{text(K1)}\n", "X")) == ["k2", "k1"]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("change-me", "must be written as name:base64"),
        ("k1:", "not 32 bytes long"),
        (":AAAA", "must be written as name:base64"),
        ("k1:not base64!", "not base64"),
        (f"k1:{b64encode(bytes(16)).decode()}", "not 32 bytes long"),
        (f"k1:{b64encode(bytes(32)).decode()}", "example key"),
        (f"k1:{b64encode(b'x' * 32).decode()}", "example key"),
        (f"k1:{b64encode(b'change-me-before-production-1234').decode()}", "example key"),
        (f"k1:{b64encode(bytes(range(32))).decode()}", "example key"),
        (f"k1:{b64encode(bytes(range(240, 208, -1))).decode()}", "example key"),
        (f"{text(K1)},{text(K2)}", "names a key twice"),
        (f"{text(K1)},{text(K1, 'k2')}", "same key under two names"),
        (f"{text(K1)},", "must be written as name:base64"),
    ],
)
def test_a_wrong_or_weak_key_stops_the_start_and_is_not_repeated(
    written: str, complaint: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings_of(keyring=written)

    said = str(refused.value)
    assert "ENCRYPTION_KEYRING " in said
    assert complaint in said
    assert not [part for part in written.split(":") if len(part) > 3 and part in said]
    assert "b'" not in said


def test_a_start_without_a_keyring_says_which_settings_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ENCRYPTION_KEYRING", raising=False)
    monkeypatch.setenv("ENCRYPTION_KEYRING_FILE", "")

    with pytest.raises(ValidationError, match="ENCRYPTION_KEYRING or ENCRYPTION_KEYRING_FILE"):
        EncryptionSettings()


def test_two_places_for_the_keyring_are_one_too_many(keyring_file: Path) -> None:
    with pytest.raises(ValidationError, match="exclude each other"):
        settings_of(keyring=text(K1), keyring_file=keyring_file)


def test_a_keyring_is_read_from_a_file_of_its_owner(keyring_file: Path) -> None:
    settings = settings_of(keyring_file=keyring_file)

    assert settings.keys() == {"k1": _mixed(K1)}


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644], ids=oct)
def test_a_keyring_file_that_others_can_reach_is_refused(keyring_file: Path, mode: int) -> None:
    keyring_file.chmod(mode)

    with pytest.raises(ValidationError, match=r"ENCRYPTION_KEYRING_FILE .* `chmod 600`"):
        settings_of(keyring_file=keyring_file)


def test_a_keyring_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="ENCRYPTION_KEYRING_FILE names a file"):
        settings_of(keyring_file=tmp_path / "none")


@pytest.mark.parametrize("context", ["", "Shop", "a b", "a\n", "x" * 65, "-a"])
def test_a_context_is_a_plain_word(context: str) -> None:
    with pytest.raises(ValidationError):
        settings_of(keyring=text(K1), context=context)


def test_nothing_that_prints_shows_a_key() -> None:
    settings = settings_of(keyring=text(K1))
    service = Keyring(settings.keys())

    printed = f"{settings!r} {settings} {settings.model_dump()} {service!r} {service}"

    assert text(K1).removeprefix("k1:") not in printed
    assert repr(_mixed(K1)) not in printed
    assert repr(service) == "Keyring(k1)"


@pytest.fixture
def keyring_file(tmp_path: Path) -> Path:
    path = tmp_path / "keyring"
    path.write_text(text(K1) + "\n", "utf-8")
    path.chmod(0o600)
    return path
