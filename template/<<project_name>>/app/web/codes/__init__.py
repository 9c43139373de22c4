"""The registry of codes: what each one means on the wire; every list of codes is made from it.

Here stand those that any route may answer; each module brings a file with its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..per_module import files_of

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


GENERAL: Final = (
    Code(
        number=400,
        status=400,
        slug="bad-input",
        en="The request cannot be accepted as it is.",
        zh="请求参数有误。",
    ),
    Code(
        number=401,
        status=401,
        slug="not-signed-in",
        en="Please sign in.",
        zh="请先登录。",
    ),
    Code(
        number=403,
        status=403,
        slug="not-allowed",
        en="You may not do this.",
        zh="没有权限执行此操作。",
    ),
    Code(
        number=404,
        status=404,
        slug="not-found",
        en="There is nothing here.",
        zh="请求的内容不存在。",
    ),
    Code(
        number=405,
        status=405,
        slug="method-not-allowed",
        en="This method is not possible here.",
        zh="不支持该请求方法。",
    ),
    Code(
        number=408,
        status=408,
        slug="body-too-slow",
        en="The request took too long to arrive.",
        zh="请求发送超时。",
    ),
    Code(
        number=409,
        status=409,
        slug="conflict",
        en="The request conflicts with what is there already.",
        zh="请求与现有状态冲突。",
    ),
    Code(
        number=413,
        status=413,
        slug="body-too-large",
        en="The request is too large.",
        zh="请求内容过大。",
    ),
    Code(
        number=415,
        status=415,
        slug="not-json",
        en="The body must be JSON, and be sent as application/json.",
        zh="请求体必须为 JSON，并以 application/json 发送。",
    ),
    Code(
        number=429,
        status=429,
        slug="too-many-requests",
        en="Too many requests; please wait a moment.",
        zh="请求过于频繁，请稍后再试。",
        retry_after_seconds=60,
    ),
    Code(
        number=500,
        status=500,
        slug="broken",
        en="Something went wrong on our side.",
        zh="服务器内部错误。",
    ),
    Code(
        number=503,
        status=503,
        slug="unavailable",
        en="The service is not available right now; please try again.",
        zh="服务暂不可用，请稍后重试。",
        retry_after_seconds=1,
    ),
    Code(
        number=9001,
        status=503,
        slug="database-unavailable",
        en="The service cannot reach its data right now; please try again.",
        zh="数据服务暂不可用，请稍后重试。",
        retry_after_seconds=1,
    ),
    Code(
        number=9002,
        status=503,
        slug="stores-unavailable",
        en="The service cannot reach any of its data right now; please try again.",
        zh="数据与缓存服务均不可用，请稍后重试。",
        retry_after_seconds=1,
    ),
    Code(
        number=9003,
        status=503,
        slug="key-service-unavailable",
        en="The service cannot open protected data right now; please try again.",
        zh="密钥服务暂不可用，请稍后重试。",
        retry_after_seconds=1,
    ),
    Code(
        number=9004,
        status=503,
        slug="audit-unavailable",
        en="The service cannot put this on record right now; please try again.",
        zh="审计服务暂不可用，请稍后重试。",
        retry_after_seconds=1,
    ),
    Code(
        number=9005,
        status=503,
        slug="database-busy",
        en="The service is busy; please try again.",
        zh="服务繁忙，请稍后重试。",
        retry_after_seconds=1,
    ),
)
"""HTTP's own, and what this service stands on being away."""


def registry_of(rows: Iterable[Code]) -> Mapping[int, Code]:
    """By number; raises ValueError where two modules took the same one."""
    registry: dict[int, Code] = {}
    for code in rows:
        if registry.setdefault(code.number, code) is not code:
            raise ValueError(f"two codes have the number {code.number}")
    return MappingProxyType(registry)


CODES: Final = registry_of(
    [*GENERAL, *(code for file in files_of(__name__) for code in file.CODES)]
)


def code_of(number: int) -> Code:
    """A number that nobody registered is this service's own fault, so it is told as 500."""
    return CODES.get(number, CODES[500])
