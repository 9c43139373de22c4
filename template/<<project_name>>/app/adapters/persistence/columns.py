"""Column types that keep what the modules mean: times with a zone, sealed values, exact text.

Where an engine's own spelling of a type would lose something (fractions of a second, the case
of letters, an index over bytes), its module says another one with `sqlalchemy.ext.compiler`.
"""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from ..encryption.sealer import Sealed


class Moment(DateTime):
    """A point in time with microseconds and, where the engine knows them, a zone."""

    def __init__(self) -> None:
        super().__init__(timezone=True)


class Identifier(String):
    """Text that is compared byte by byte: `a` is never `A`."""


class Digest(LargeBinary):
    """A few bytes, of `length` at most, that can be indexed and compared."""


class Position(BigInteger):
    """A number that the engine counts up by itself when it is a table's only key."""


class UtcTime(TypeDecorator[datetime]):
    """Takes and gives aware times only; they lie in UTC."""

    impl = Moment
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedBytes(TypeDecorator[Sealed]):
    """Accepts a sealed value and nothing else, on whatever way it comes.

    A column does not know its row, so the repository seals and this type refuses the rest.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("only a sealed value can be stored in this column")
        return value.data

    def process_literal_param(self, value: Sealed | None, dialect: Dialect) -> str:
        raise TypeError("a sealed value is never written into a statement's text")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))
