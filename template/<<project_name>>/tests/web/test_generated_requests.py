"""Requests made up from the service's own document, good and bad, are answered as it says."""

import asyncio
from collections.abc import Callable
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import GenerationConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.web.edge import Edge
from app.web.operations import OPERATIONS
from app.web.settings import LimitsSettings

from .wire import speak

LOGIN = "/api/v1/auth/wechat/login"
GENERATED = [key for key, row in OPERATIONS.items() if row.path.startswith("/api/")]
EXAMPLES = 12

NEEDS_MORE_THAN_A_SHAPE = {
    ("POST", LOGIN),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/api/v1/orders"),
    ("POST", "/api/v1/orders"),
    ("POST", "/api/v1/users/me/wechat-data"),
}
"""Where a code, cursor, sku or signature of the right shape can still be wrong."""


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), GENERATED)
def test_generated_requests_are_answered_as_documented(
    make_app: Callable[..., Edge], method: str, path: str, mode: GenerationMode
) -> None:
    app = make_app(limits=LimitsSettings(phone_per_minute=10**6))
    operation = _document(app)[path][method]
    skipped = [] if (method, path) not in NEEDS_MORE_THAN_A_SHAPE else [positive_data_acceptance]

    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: schemathesis.Case) -> None:
        token = asyncio.run(_sign_in(app, next(numbers)))
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"}, excluded_checks=skipped
        )

    numbers = count()
    each()


def _document(app: Edge) -> BaseSchema:
    config = SchemathesisConfig()
    # U+0000 fits every `type: string`, and the contract refuses it everywhere.
    config.projects.default.generation = GenerationConfig(
        allow_x00=False, allow_extra_parameters=False
    )
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


async def _sign_in(app: Edge, number: int) -> str:
    body = b'{"code":"alice-%d"}' % number
    heard = await speak(app, "POST", LOGIN, [body], headers=[("Content-Type", "application/json")])
    return str(heard.json["data"]["access_token"])
