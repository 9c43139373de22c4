"""Reading a control body strictly: every member by its name and type, and no other."""

from collections.abc import Mapping
from typing import Any

YEAR_SECONDS = 366 * 24 * 3600


class WrongInput(Exception):
    """One sentence that says what to send instead."""


class Members:
    def __init__(self, members: Mapping[str, Any] | None) -> None:
        if members is None:
            raise WrongInput("The body must be a JSON object.")
        self._left = dict(members)

    def has(self, name: str) -> bool:
        return name in self._left

    def value(self, name: str) -> Any:
        if name not in self._left:
            raise WrongInput(f"{name} is missing.")
        return self._left.pop(name)

    def text(self, name: str, *, longest: int = 128) -> str:
        value = self.value(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest or not _is_plain(value):
            raise WrongInput(f"{name} must be text of 1 to {longest} characters.")
        return value

    def flag(self, name: str) -> bool | None:
        """`None` when it is not there."""
        if not self.has(name):
            return None
        value = self.value(name)
        if not isinstance(value, bool):
            raise WrongInput(f"{name} must be true or false.")
        return value

    def whole(self, name: str, lowest: int, highest: int) -> int:
        value = self.value(name)
        if type(value) is not int or not lowest <= value <= highest:
            raise WrongInput(f"{name} must be a whole number from {lowest} to {highest}.")
        return value

    def seconds(self, name: str) -> float:
        value = self.value(name)
        if type(value) not in (int, float) or not 0 <= value <= YEAR_SECONDS:
            raise WrongInput(f"{name} must be a number from 0 to {YEAR_SECONDS}.")
        return float(value)

    def thing(self, name: str) -> dict[str, Any]:
        value = self.value(name)
        if not isinstance(value, dict):
            raise WrongInput(f"{name} must be a JSON object.")
        return value

    def end(self) -> None:
        for name in self._left:
            raise WrongInput(f"{name!r} is not a member of this body.")


def _is_plain(text: str) -> bool:
    return text.isprintable() and bool(text.strip())
