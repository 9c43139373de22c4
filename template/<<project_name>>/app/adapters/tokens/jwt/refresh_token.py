"""The opaque half of a grant: which sign-in it belongs to, and a secret that is spent once."""

from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Final
from uuid import UUID

from ....identity.domain import SessionId
from . import base64url

_PREFIX: Final = "rt_"
_LENGTH: Final = 69
"""`rt_`, 22 characters of id, a dot, 43 of secret."""

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class RefreshToken:
    session_id: SessionId
    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls, session_id: SessionId) -> "RefreshToken":
        return cls(session_id, token_bytes(_SECRET_BYTES))

    @classmethod
    def read(cls, text: str) -> "RefreshToken | None":
        """`None` for whatever `text` never wrote."""
        if len(text) != _LENGTH or not text.startswith(_PREFIX):
            return None
        try:
            id, secret = map(base64url.decode, text.removeprefix(_PREFIX).split("."))
        except ValueError:
            return None
        if len(id) != _ID_BYTES or len(secret) != _SECRET_BYTES:
            return None
        return cls(SessionId(UUID(bytes=id)), secret)

    @property
    def text(self) -> str:
        return f"{_PREFIX}{base64url.encode(self.session_id.bytes)}.{base64url.encode(self.secret)}"

    @property
    def hash(self) -> bytes:
        """What is stored; 256 random bits need neither salt nor slowness."""
        return sha256(self.secret).digest()
