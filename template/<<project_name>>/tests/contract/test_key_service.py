"""What every key service promises, whoever holds the key-encryption key."""

import pytest

from app.adapters.encryption.keyring import Keyring
from app.adapters.encryption.ports import KeyService, Wrapped
from app.kernel.errors import KeyServiceUnavailable

KEY = bytes(range(32))
CONTEXT = {"context": "test", "purpose": "data", "key": "1"}


@pytest.fixture
def service() -> KeyService:
    return Keyring({"k2": bytes(range(100, 132)), "k1": bytes(range(200, 232))})


async def test_a_wrapped_key_comes_back(service: KeyService) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    assert await service.unwrap(wrapped, CONTEXT) == KEY


async def test_wrapping_names_the_key_encryption_key(service: KeyService) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    assert wrapped.by == await service.describe()


async def test_a_wrapped_key_shows_nothing_of_the_key(service: KeyService) -> None:
    one, other = await service.wrap(KEY, CONTEXT), await service.wrap(KEY, CONTEXT)

    assert KEY not in one.data
    assert one.data != other.data
    assert "data" not in repr(one)


@pytest.mark.parametrize(
    "context",
    [
        {},
        {**CONTEXT, "context": "production"},
        {**CONTEXT, "purpose": "index"},
        {**CONTEXT, "key": "2"},
        {**CONTEXT, "more": ""},
    ],
)
async def test_a_key_is_unwrapped_only_with_the_context_it_was_wrapped_with(
    service: KeyService, context: dict[str, str]
) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    with pytest.raises(KeyServiceUnavailable):
        await service.unwrap(wrapped, context)


async def test_the_order_of_a_context_does_not_matter(service: KeyService) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    assert await service.unwrap(wrapped, dict(reversed(CONTEXT.items()))) == KEY


async def test_each_changed_byte_is_refused(service: KeyService) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    for at in range(len(wrapped.data)):
        changed = bytearray(wrapped.data)
        changed[at] ^= 1
        with pytest.raises(KeyServiceUnavailable):
            await service.unwrap(Wrapped(wrapped.by, bytes(changed)), CONTEXT)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01" + bytes(12), bytes(61)])
async def test_what_was_never_wrapped_is_refused(service: KeyService, data: bytes) -> None:
    with pytest.raises(KeyServiceUnavailable):
        await service.unwrap(Wrapped(await service.describe(), data), CONTEXT)


@pytest.mark.parametrize("by", ["k1", "k9", ""])
async def test_a_key_under_another_name_is_refused(service: KeyService, by: str) -> None:
    wrapped = await service.wrap(KEY, CONTEXT)

    with pytest.raises(KeyServiceUnavailable):
        await service.unwrap(Wrapped(by, wrapped.data), CONTEXT)
