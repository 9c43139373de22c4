"""`weforge demo` does the main job and leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path


def demo(place: Path, *words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "weforge", "demo", *words],
        cwd=place,
        env=os.environ | {"TMPDIR": str(place), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_a_user_signs_in_and_reads_who_they_are(tmp_path: Path) -> None:
    exchanges = json.loads(demo(tmp_path, "--json"))["exchanges"]

    code, login, me = (exchange["response"] for exchange in exchanges)
    assert [code["status"], login["status"], me["status"]] == [200, 200, 200]
    assert login["body"]["data"]["user"] == me["body"]["data"]
    assert list(tmp_path.glob("weforge*")) == []


def test_people_see_the_whole_exchange(tmp_path: Path) -> None:
    shown = demo(tmp_path)

    assert "> POST /api/v1/auth/wechat/login" in shown
    assert "> GET /api/v1/users/me" in shown
    assert '"phone_masked"' in shown
