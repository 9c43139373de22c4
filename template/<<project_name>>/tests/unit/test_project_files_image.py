"""The production image holds the app and what it runs on, and nothing else."""

import re
from pathlib import Path

DOCKERFILE = (Path(__file__).parents[2] / "deploy/Dockerfile").read_text(encoding="utf-8")
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def stage(name: str) -> str:
    return next(text for text in STAGES if text.partition("\n")[0].endswith(f" AS {name}"))


def copied_by(text: str) -> list[str]:
    return re.findall(r"^COPY (.+)$", text, re.MULTILINE)


def test_the_production_image_holds_no_sandbox_and_no_tests() -> None:
    assert copied_by(STAGES[-1]) == [
        "--from=build /srv/venv /srv/venv",
        "--from=bytecode /srv/app/app app",
    ]
    assert copied_by(stage("bytecode")) == ["app app"]
    assert copied_by(stage("build")) == ["pyproject.toml uv.lock ./"]


def test_the_production_image_runs_nothing_at_build_time_that_could_leave_a_compiler() -> None:
    assert STAGES[-1].startswith("runtime\n")
    assert "\nRUN " not in STAGES[-1]
    assert "install" not in stage("runtime").replace("install -d", "")


def test_images_run_as_a_number_that_is_not_root() -> None:
    for text in (stage("test"), STAGES[-1]):
        (user,) = re.findall(r"^USER (\d+):\d+$", text, re.MULTILINE)

        assert int(user) > 10_000


def test_packages_come_by_hash_from_the_lock() -> None:
    assert DOCKERFILE.count("uv export --frozen") == DOCKERFILE.count("--require-hashes") == 2


def test_signals_reach_the_process() -> None:
    """A shell in between would keep them."""
    assert re.search(r'^CMD \["python", "-m", "app", "serve"\]$', STAGES[-1], re.MULTILINE)
