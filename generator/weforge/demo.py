"""The main job in one go: a project is born, a user signs in, and reads who they are."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from .answers import Given
from .birth import Order, bring_to_life
from .children import free_port, started
from .errors import CouldNot
from .exchange import Exchange, exchanged
from .messages import sentence
from .report import print_json
from .tools import ProgramFailed, run, uv

_PREPARATION: Final = ("setup", "migrate", "seed")


@dataclass(slots=True)
class Show:
    """Tells what happens while it happens; as JSON, all of it at the end."""

    language: str
    as_json: bool
    exchanges: list[Exchange] = field(default_factory=list)

    @contextmanager
    def step(self, key: str, command: str) -> Iterator[None]:
        self.say(sentence(key, self.language))
        try:
            yield
        except (ProgramFailed, OSError, ValueError, KeyError) as error:
            raise CouldNot("demo_failed", step=command, reason=error) from error

    def say(self, text: str) -> None:
        if not self.as_json:
            print(text, flush=True)

    def exchange(self, address: str, method: str, path: str, **parts: Any) -> dict[str, Any]:
        """Both sides are shown; ValueError unless the answer is a success."""
        made = exchanged(address, method, path, **parts)
        self.exchanges.append(made)
        self.say(made.worded())
        if made.status != 200:
            raise ValueError(f"{method} {path} answered {made.status}")
        return made.answer


def show(as_json: bool, language: str) -> None:
    """Leaves nothing behind: no folder, no process."""
    told = Show(language, as_json)
    with TemporaryDirectory(prefix="weforge-demo-", ignore_cleanup_errors=True) as scratch:
        project = Path(scratch) / "shop"
        _prepare(told, project)
        _play(told, project)
    told.say(sentence("demo_over", language))
    if as_json:
        print_json({"exchanges": [made.document() for made in told.exchanges]})


def _prepare(told: Show, project: Path) -> None:
    with told.step("demo_rendering", "weforge new"):
        given = Given(pairs=[f"language={told.language}"], defaults=True)
        bring_to_life(Order(str(project), given, told.language, commit=False))
    with told.step("demo_installing", "uv sync"):
        run([uv(), "sync", "--quiet", "--no-dev", "--python", sys.executable], project)
    for command in _PREPARATION:
        with told.step(f"demo_{command}", f"python -m app {command}"):
            run([_python_of(project), "-m", "app", command], project)


def _play(told: Show, project: Path) -> None:
    ports = free_port(), free_port()
    wechat, app = (f"http://127.0.0.1:{port}" for port in ports)
    python = _python_of(project)
    settings = {"APP_HOST": "127.0.0.1", "APP_PORT": str(ports[1]), "WECHAT_BASE_URL": wechat}
    sandbox = [python, "-m", "sandbox", "--port", str(ports[0])]
    serve = [python, "-m", "app", "serve"]
    with ExitStack() as running:
        with told.step("demo_sandbox", "python -m sandbox"):
            running.enter_context(started(sandbox, project, {}, f"{wechat}/_sandbox/calls"))
        with told.step("demo_serve", "python -m app serve"):
            running.enter_context(started(serve, project, settings, f"{app}/readyz"))
        with told.step("demo_sign_in", "sign in"):
            _sign_in(told, wechat, app)


def _sign_in(told: Show, wechat: str, app: str) -> None:
    code = told.exchange(wechat, "POST", "/_sandbox/codes", body={"user": "alice"})["code"]
    login = told.exchange(app, "POST", "/api/v1/auth/wechat/login", body={"code": code})
    told.exchange(app, "GET", "/api/v1/users/me", token=login["data"]["access_token"])


def _python_of(project: Path) -> str:
    places = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return str(project.joinpath(".venv", *places))
