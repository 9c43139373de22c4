"""What a test of the process may ask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox

from ..conftest import SECRETS
from .service import Service, environment, make_database, serving


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SECRETS["WECHAT_SECRET"]) as sandbox:
        yield sandbox


@pytest.fixture
def environ(tmp_path: Path, sandbox: Sandbox) -> dict[str, str]:
    """Of a service whose database is not there yet."""
    return environment(SECRETS, tmp_path / "shop.db", sandbox)


@pytest.fixture
def service(environ: dict[str, str], tmp_path: Path, sandbox: Sandbox) -> Iterator[Service]:
    make_database(environ)
    with serving(environ, tmp_path, sandbox) as service:
        yield service


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Service]:
    """For tests that leave no trace in it."""
    folder = tmp_path_factory.mktemp("service")
    environ: dict[str, Any] = environment(SECRETS, folder / "shop.db", sandbox)
    environ["APP_HEADER_SECONDS"] = "1"
    make_database(environ)
    with serving(environ, folder, sandbox) as service:
        yield service
