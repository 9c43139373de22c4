"""What the pretended WeChat knows: its users, their codes, its clock, and the calls that came."""

import random
import threading
from base64 import b64encode, urlsafe_b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from .faults import Fault
from .refusals import Refusal
from .tokens import AccessTokens

APPID = "wx0000000000000001"
OPEN_PLATFORM = "open-platform"
CODE_LIFETIME = timedelta(seconds=300)
EXCHANGES_A_MINUTE = 100

Kind = Literal["login", "phone"]


@dataclass(slots=True)
class User:
    """A person whom the tests call by a name; openid, unionid and key follow from it."""

    name: str
    has_unionid: bool = True
    is_blocked: bool = False
    key_version: int = 1
    exchanged_at: deque[datetime] = field(default_factory=deque)

    @property
    def openid(self) -> str:
        return openid_of(APPID, self.name)

    @property
    def unionid(self) -> str | None:
        return openid_of(OPEN_PLATFORM, self.name) if self.has_unionid else None

    @property
    def session_key(self) -> str:
        return self.session_keys()[-1]

    def session_keys(self) -> list[str]:
        """All that this user ever had, the present one last."""
        seeds = (f"{self.name}\0{version}" for version in range(1, self.key_version + 1))
        return [b64encode(sha256(seed.encode()).digest()[:16]).decode() for seed in seeds]


@dataclass(slots=True)
class Code:
    kind: Kind
    user: User
    appid: str
    phone: str
    minted_at: datetime
    is_spent: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    at: datetime
    outcome: str


class World:
    """`lock` is held by whoever reads or changes anything in here."""

    def __init__(self, secret: str | None, seed: int | None, clock: Callable[[], datetime]) -> None:
        self.secret = secret
        self.lock = threading.RLock()
        self._clock = clock
        # No secret of anybody's hangs on it, and a seed makes a run repeatable.
        self._random = random.Random(seed)  # noqa: S311
        self.reset()

    def reset(self) -> None:
        """Forgets all; codes do not begin again, since the backend remembers those it has seen."""
        self._advanced = timedelta()
        self.users: dict[str, User] = {}
        self.codes: dict[str, Code] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.calls: list[Call] = []
        self.tokens = AccessTokens(lambda: self.text(136))

    @property
    def now(self) -> datetime:
        return self._clock() + self._advanced

    def advance(self, seconds: float) -> datetime:
        self._advanced += timedelta(seconds=seconds)
        return self.now

    def user(self, name: str) -> User:
        return self.users.setdefault(name, User(name))

    def user_of(self, openid: str) -> User | None:
        return next((user for user in self.users.values() if user.openid == openid), None)

    def mint(self, kind: Kind, name: str, *, appid: str = APPID, phone: str = "") -> str:
        code = self.text(32 if kind == "login" else 64)
        self.codes[code] = Code(kind, self.user(name), appid, phone, self.now)
        return code

    def exchange(self, code: str) -> User:
        """Spends a login code.

        Assumed, since WeChat does not say: the order of these checks, and that none of them
        spends the code.
        """
        found = self._find("login", code)
        if found.is_spent:
            raise Refusal(40163)
        if found.user.is_blocked:
            raise Refusal(40226)
        self._count(found.user)
        found.is_spent = True
        return found.user

    def spend_phone(self, code: str, openid: str | None) -> str:
        """A code that was used, or belongs to another `openid`, is as unknown as any."""
        found = self._find("phone", code)
        if found.is_spent or openid not in (None, found.user.openid):
            raise Refusal(40029)
        found.is_spent = True
        return found.phone

    def text(self, length: int) -> str:
        """Random URL-safe text, as codes and tokens are."""
        return urlsafe_b64encode(self._random.randbytes(length)).decode()[:length]

    def rid(self) -> str:
        moment = int(self.now.timestamp())
        return f"{moment:08x}-{self._random.getrandbits(32):08x}-{self._random.getrandbits(32):08x}"

    def _find(self, kind: Kind, code: str) -> Code:
        found = self.codes.get(code)
        if found is None or found.kind != kind or found.appid != APPID:
            raise Refusal(40029)
        if self.now - found.minted_at >= CODE_LIFETIME:
            raise Refusal(40029)
        return found

    def _count(self, user: User) -> None:
        """A window that slides over the last minute; WeChat's own is not documented."""
        while user.exchanged_at and self.now - user.exchanged_at[0] >= timedelta(minutes=1):
            user.exchanged_at.popleft()
        if len(user.exchanged_at) >= EXCHANGES_A_MINUTE:
            raise Refusal(45011)
        user.exchanged_at.append(self.now)


def openid_of(realm: str, name: str) -> str:
    """28 characters, the same for ever for one user of one mini-program or open platform."""
    return "o" + urlsafe_b64encode(sha256(f"{realm}\0{name}".encode()).digest()).decode()[:27]


def wall_clock() -> datetime:
    return datetime.now(UTC)
