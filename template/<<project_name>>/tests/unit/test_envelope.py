"""Sealed bytes: what is changed, moved or opened under another key is unreadable."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.encryption import envelope
from app.adapters.encryption.envelope import DataKey, Unreadable, Where, framed
from tests.unit.key_doubles import K1, K2

KEY = DataKey(1, K1)
HERE = Where("test", "users", "phone", bytes(16))
PHONE = b"13800138000"


@given(plain=st.binary(max_size=300), row=st.binary(min_size=16, max_size=16), id=st.integers(1))
def test_what_is_sealed_opens_again(plain: bytes, row: bytes, id: int) -> None:
    key = DataKey(id % 2**32, K1)
    where = Where("test", "users", "phone", row)

    sealed = envelope.seal(plain, key, where)

    assert envelope.open(sealed, key, where) == plain
    assert len(sealed) == len(plain) + envelope.OVERHEAD
    assert envelope.key_id(sealed) == key.id


def test_each_flipped_bit_makes_it_unreadable() -> None:
    sealed = envelope.seal(PHONE, KEY, HERE)

    readable = [bit for bit in range(len(sealed) * 8) if _opens(_flipped(sealed, bit))]

    assert readable == []


def test_each_shortened_or_lengthened_value_is_unreadable() -> None:
    sealed = envelope.seal(PHONE, KEY, HERE)

    readable = [length for length in range(len(sealed)) if _opens(sealed[:length])]

    assert readable == []
    assert not _opens(sealed + b"\x00")


def test_the_version_and_the_suite_are_known_ones_or_it_is_unreadable() -> None:
    sealed = envelope.seal(PHONE, KEY, HERE)

    others = [bytes([version, suite]) for version in range(4) for suite in range(4)]
    readable = [other for other in others if _opens(other + sealed[2:])]

    assert readable == [b"\x01\x01"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        Where("test", "users", "phone", bytes(15) + b"\x01"),
        Where("test", "users", "openid", bytes(16)),
        Where("test", "orders", "phone", bytes(16)),
        Where("production", "users", "phone", bytes(16)),
        Where("tes", "tusers", "phone", bytes(16)),
        Where("test", "user", "sphone", bytes(16)),
    ],
    ids=["row", "column", "table", "environment", "shifted context", "shifted table"],
)
def test_a_value_moved_elsewhere_is_unreadable(elsewhere: Where) -> None:
    sealed = envelope.seal(PHONE, KEY, HERE)

    with pytest.raises(Unreadable):
        envelope.open(sealed, KEY, elsewhere)


def test_a_value_under_another_key_is_unreadable() -> None:
    sealed = envelope.seal(PHONE, DataKey(1, K2), HERE)

    with pytest.raises(Unreadable):
        envelope.open(sealed, KEY, HERE)


def test_a_value_opens_only_under_the_key_id_it_names() -> None:
    sealed = envelope.seal(PHONE, KEY, HERE)

    with pytest.raises(Unreadable):
        envelope.open(sealed, DataKey(2, K1), HERE)


def test_a_ciphertext_made_to_open_under_two_keys_is_refused() -> None:
    sealed = envelope.seal(bytes(16), KEY, HERE)
    salt, commitment, nonce = sealed[6:22], sealed[22:54], sealed[54:66]
    associated = framed(b"weforge field v1", "test", "users", "phone", bytes(16), b"\0\0\0\x01")
    first, second = (envelope._derive(DataKey(1, key), salt)[0] for key in (K1, K2))
    body = _opens_under_both(first, second, nonce, associated)
    forged = sealed[:6] + salt + commitment + nonce + body

    under_first = AESGCM(first).decrypt(nonce, body, associated)
    under_second = AESGCM(second).decrypt(nonce, body, associated)

    assert under_first != under_second
    assert envelope.open(forged, DataKey(1, K1), HERE) == under_first
    with pytest.raises(Unreadable):
        envelope.open(forged, DataKey(1, K2), HERE)


def test_no_salt_and_no_nonce_comes_twice() -> None:
    sealed = [envelope.seal(PHONE, KEY, HERE) for _ in range(20_000)]

    assert len({value[6:22] for value in sealed}) == len(sealed)
    assert len({value[54:66] for value in sealed}) == len(sealed)


def test_equal_values_look_different() -> None:
    one, other = (envelope.seal(PHONE, KEY, HERE) for _ in range(2))

    assert one[22:54] != other[22:54]
    assert one[66:] != other[66:]


@given(st.lists(st.binary(max_size=8), max_size=5), st.lists(st.binary(max_size=8), max_size=5))
def test_framing_keeps_lists_of_fields_apart(some: list[bytes], others: list[bytes]) -> None:
    assert (framed(*some) == framed(*others)) == (some == others)


def test_a_key_prints_nothing_secret() -> None:
    assert repr(KEY) == "DataKey(id=1)"


def _opens(sealed: bytes) -> bool:
    try:
        envelope.open(sealed, KEY, HERE)
    except Unreadable:
        return False
    return True


def _flipped(sealed: bytes, bit: int) -> bytes:
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _opens_under_both(first: bytes, second: bytes, nonce: bytes, associated: bytes) -> bytes:
    """One block and a tag that GCM accepts under both keys.

    Source: Len, Grubbs, Ristenpart, Partitioning Oracle Attacks, 2021, section 3.
    """
    hashes = [_hash_key(key) for key in (first, second)]
    masks = [int.from_bytes(AESGCM(key).encrypt(nonce, b"", b""), "big") for key in (first, second)]
    empty = [_ghash(h, associated, bytes(16)) for h in hashes]
    squares = [_times(h, h) for h in hashes]
    difference = masks[0] ^ masks[1] ^ empty[0] ^ empty[1]
    block = _times(difference, _inverse(squares[0] ^ squares[1])).to_bytes(16, "big")
    tag = masks[0] ^ _ghash(hashes[0], associated, block)
    return block + tag.to_bytes(16, "big")


def _hash_key(key: bytes) -> int:
    stream = Cipher(AES(key), CTR(bytes(16))).encryptor()
    return int.from_bytes(stream.update(bytes(16)), "big")


def _ghash(h: int, associated: bytes, ciphertext: bytes) -> int:
    lengths = (len(associated) * 8).to_bytes(8, "big") + (len(ciphertext) * 8).to_bytes(8, "big")
    padded = associated + bytes(-len(associated) % 16) + ciphertext + lengths
    total = 0
    for start in range(0, len(padded), 16):
        total = _times(total ^ int.from_bytes(padded[start : start + 16], "big"), h)
    return total


def _times(x: int, y: int) -> int:
    """In GCM's field of 2^128 elements (NIST SP 800-38D, section 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if y >> bit & 1:
            product ^= x
        x = x >> 1 ^ (0xE1 << 120 if x & 1 else 0)
    return product


def _inverse(x: int) -> int:
    power, result = x, 1 << 127
    for bit in range(128):
        if bit:
            result = _times(result, power)
        power = _times(power, power)
    return result
