"""At a terminal `weforge new` asks, offers, and can be left with Ctrl-C."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

PATIENCE_SECONDS = 60


@dataclass
class Terminal:
    """A program at one end, somebody who types at the other."""

    process: subprocess.Popen[bytes]
    screen: int
    seen: str = ""

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            self._look()

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def end(self) -> int:
        while self.process.poll() is None:
            self._look()
        self._look()
        return self.process.returncode

    def _look(self) -> None:
        if select.select([self.screen], [], [], 0.1)[0]:
            try:
                self.seen += os.read(self.screen, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is gone
                self.process.wait()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    screen, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "weforge", "new", "tea", "--no-lock", "--no-git"],
        cwd=tmp_path,
        env=os.environ | {"LC_ALL": "zh_CN.UTF-8", "TERM": "xterm"},
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
    )
    os.close(there)
    yield Terminal(process, screen)
    process.kill()
    process.wait()
    os.close(screen)


def test_what_is_offered_is_taken_by_return(terminal: Terminal, tmp_path: Path) -> None:
    for question in ("Language", "项目名称", "一句话", "软件包索引"):
        terminal.wait_for(question)
        terminal.type("\r")

    assert terminal.end() == 0, terminal.seen
    answers = yaml.safe_load((tmp_path / "tea" / ".copier-answers.yml").read_text("utf-8"))
    assert (answers["language"], answers["project_name"]) == ("zh", "tea")
    assert "下一步" in terminal.seen


def test_ctrl_c_at_a_question_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("Language")
    terminal.type("\x03")

    assert terminal.end() == 1
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in terminal.seen
    assert "已中止" in terminal.seen
