"""Joins fields so that no two lists of fields ever make the same bytes."""


def framed(*fields: bytes | str) -> bytes:
    """Each field behind its length in 4 bytes, big endian; text as UTF-8."""
    encoded = [field.encode("utf-8") if isinstance(field, str) else field for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)
