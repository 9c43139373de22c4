"""One row of the registry."""

from dataclasses import dataclass
from typing import Final

SUCCESS: Final = 200
"""The code of every success; teams that want 0 change it here and nowhere else."""

SUCCESS_MESSAGE: Final = "success"
"""A marker rather than a sentence, so it is the same in every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`status` is HTTP's, `slug` names the kind of problem in RFC 9457's `type`.

    `en` and `zh` are what callers read: one sentence without input, names or versions.
    `retry_after_seconds` is said when whoever refused had no better figure.
    """

    number: int
    status: int
    slug: str
    en: str
    zh: str
    retry_after_seconds: int | None = None

    def message(self, language: str) -> str:
        return self.zh if language == "zh" else self.en
