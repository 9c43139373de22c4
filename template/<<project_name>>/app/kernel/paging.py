"""Pages of a list that is read newest first; the cursor is the last id seen, made URL-safe."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from .errors import BadFields, FieldError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_cursor` is `None` on the last page."""

    items: tuple[T, ...]
    next_cursor: str | None


def encode_cursor(last: UUID) -> str:
    return urlsafe_b64encode(last.bytes).rstrip(b"=").decode("ascii")


def decode_cursor(cursor: str) -> UUID:
    """Raises `BadFields` for whatever `encode_cursor` never wrote."""
    try:
        last = UUID(bytes=urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except ValueError as error:
        raise BadFields(FieldError("cursor", "cursor")) from error
    if encode_cursor(last) != cursor:
        raise BadFields(FieldError("cursor", "cursor"))
    return last
