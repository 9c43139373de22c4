"""Identifiers: UUIDv7 (RFC 9562), so that newer ones sort behind older ones."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Ascending within this process, unique without asking anybody."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """`None` for whatever is not an id as this service writes them."""
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text else None
