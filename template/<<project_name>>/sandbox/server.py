"""The sandbox as a server on loopback, in a thread of its own."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from . import control
from .exchange import Request, as_json
from .faults import Fault
from .listening import Listener
from .state import APPID, World, wall_clock


class Sandbox:
    """Its methods are the control routes; wrong input raises ValueError.

    `with Sandbox.start() as sandbox:` listens on a free port at `sandbox.url` until it is left.
    `secret=None` accepts any; `seed` repeats codes, which a database that saw them refuses.
    """

    appid = APPID

    def __init__(self, world: World, listener: Listener) -> None:
        self._world = world
        self._listener = listener
        self._thread = threading.Thread(target=listener.listen, name="sandbox", daemon=True)

    @classmethod
    def start(
        cls,
        secret: str | None = None,
        *,
        port: int = 0,
        seed: int | None = None,
        clock: Callable[[], datetime] = wall_clock,
    ) -> "Sandbox":
        """Raises OSError when the port is taken."""
        world = World(secret, seed, clock)
        sandbox = cls(world, Listener(world, port))
        sandbox._thread.start()
        return sandbox

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_port}"

    def stop(self) -> None:
        """Closes every connection, those that a fault keeps waiting included."""
        self._listener.end()
        self._thread.join()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def code(self, user: str, appid: str | None = None) -> str:
        """What `wx.login` would give this user."""
        extra = {} if appid is None else {"appid": appid}
        return str(self._ask("codes", {"user": user} | extra)["code"])

    def phone_code(self, user: str, phone: str) -> str:
        """What the phone button would give this user."""
        return str(self._ask("phone-codes", {"user": user, "phone": phone})["code"])

    def user(
        self,
        user: str,
        *,
        unionid: bool | None = None,
        blocked: bool | None = None,
        rotate_session_key: bool = False,
    ) -> dict[str, Any]:
        """`{user, openid, unionid}`; what is `None` stays as it is."""
        asked = {
            "user": user,
            "unionid": unionid,
            "blocked": blocked,
            "rotate_session_key": rotate_session_key,
        }
        present = {name: value for name, value in asked.items() if value is not None}
        return self._ask("users", present)

    def encrypt(self, user: str, data: Mapping[str, object]) -> dict[str, str]:
        """`{encrypted_data, iv, raw_data, signature}` under the user's present session_key."""
        return self._ask("encrypt", {"user": user, "data": dict(data)})

    def fault(
        self,
        path: str,
        *,
        times: int = 1,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **asked: Any,
    ) -> None:
        """As the route; bytes for `body` and any `headers` beside, which JSON cannot say."""
        if isinstance(body, bytes):
            fault = Fault(body=body, headers=headers or {}, **asked)
            with self._world.lock:
                control.misbehave(self._world, path, fault, times)
            return
        said = {} if body is None else {"body": body}
        self._ask("faults", {"path": path, "times": times} | asked | said)

    def advance(self, seconds: float) -> str:
        return str(self._ask("clock", {"advance_seconds": seconds})["now"])

    def calls(self) -> list[dict[str, str]]:
        """`{path, at, outcome}` of each call since the start or the last reset."""
        items: list[dict[str, str]] = self._ask("calls", None)["items"]
        return items

    def reset(self) -> None:
        self._ask("reset", {})

    def secrets(self) -> list[str]:
        """All that must appear nowhere: session keys and access tokens that were ever given."""
        with self._world.lock:
            users = self._world.users.values()
            keys = [key for user in users for key in user.session_keys()]
            return keys + list(self._world.tokens.expires_at)

    def _ask(self, route: str, members: Mapping[str, object] | None) -> dict[str, Any]:
        path = control.PREFIX + route
        method, body = ("GET", b"") if members is None else ("POST", as_json(members))
        given = control.answer(self._world, Request(method, path, path, {}, body))
        said = Request(method, path, path, {}, given.body).members() or {}
        if given.status != 200:
            raise ValueError(said["error"])
        return said
