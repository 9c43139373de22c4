"""What can go wrong, each told in one sentence that says what to do.

Refusal
├── CalledWrongly   exit 2: unknown key or value, bad name, an answer missing
└── CouldNot        exit 1: target, network, git, a check that fails

The sentences stand in `messages.py`, by key, in both languages.
"""

from typing import ClassVar


class Refusal(Exception):
    """Carries the key of its sentence and the facts that go into it."""

    status: ClassVar[int]

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


class CalledWrongly(Refusal):
    status = 2


class CouldNot(Refusal):
    status = 1


class Stopped(BaseException):
    """Somebody asked this process to end; whoever made something half-way takes it away."""
