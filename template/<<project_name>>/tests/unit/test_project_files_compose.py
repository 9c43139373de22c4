"""The machine's file: data lies on the volume, and only this machine reaches the service."""

import re
from pathlib import Path, PurePosixPath

from app.settings import ServerSettings

PROJECT = Path(__file__).parents[2]
COMPOSE = (PROJECT / "deploy/compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (PROJECT / "deploy/Dockerfile").read_text(encoding="utf-8")


def test_the_database_lies_on_the_volume_that_the_image_prepares() -> None:
    (database,) = re.findall(r"DATABASE_URL: sqlite:///(/\S+)", COMPOSE)
    (volume,) = {*re.findall(r"- data:(/\S+)", COMPOSE)}

    assert str(PurePosixPath(database).parent) == volume
    assert re.search(rf"install -d .* {volume}$", DOCKERFILE, re.MULTILINE)


def test_only_this_machine_reaches_the_service() -> None:
    published = re.findall(r"^ +- (\S+):8000$", COMPOSE, re.MULTILINE)

    assert published == ["127.0.0.1:8000"]


def test_the_proxy_that_is_believed_is_the_gateway_of_the_network() -> None:
    (trusted,) = re.findall(r"APP_TRUSTED_PROXIES: (\S+)", COMPOSE)

    assert re.findall(r"gateway: (\S+)", COMPOSE) == [trusted]


def test_the_file_holds_no_secret() -> None:
    assert re.findall(r"(?:SECRET|KEY|PASSWORD)\w*: *(\S.*)", COMPOSE) == []
    assert "env_file" in COMPOSE


def test_a_container_is_given_longer_than_the_process_takes_to_stop() -> None:
    (grace,) = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)

    stop = ServerSettings()
    assert int(grace) > stop.drain_seconds + stop.stop_seconds
