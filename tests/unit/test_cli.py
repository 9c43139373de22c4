"""Whoever calls wrongly reads one sentence, and finds everything as it was."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import Weforge

CALLED_WRONGLY = [
    (["new"], "DIR"),
    (["new", ""], "empty"),
    (["new", "shop", "--colour"], "--colour"),
    (["new", "shop", "extra", "--defaults"], "extra"),
    (["new", "shop", "--defaults", "-d", "framework"], "key=value"),
    (["new", "shop", "--defaults", "-d", "colour=red"], "colour"),
    (["new", "shop", "--defaults", "-d", "_src_path=/etc"], "_src_path"),
    (["new", "shop", "--defaults", "-d", "generator_pin=x"], "generator_pin"),
    (["new", "shop", "--defaults", "-d", "framework=litestar"], "choose fastapi"),
    (["new", "shop", "--defaults", "-d", "framework=fastapi\n"], "choose fastapi"),
    (["new", "shop", "--defaults", "-d", "framework="], "choose fastapi"),
    (["new", "shop", "--defaults", "-d", "deploy=kubernetes"], "choose compose"),
    (["new", "shop", "--defaults", "-d", "ci=github", "-d", "ci=github"], "twice"),
    (["new", "shop", "--defaults", "-d", "project_name=Shop"], "lower-case"),
    (["new", "shop", "--defaults", "-d", "project_description="], "one sentence"),
    (["new", "shop", "--defaults", "-d", "package_index=ftp://x"], "https"),
    (["new", "shop", "--preset", "nothing"], "quickstart"),
    (["new", "shop", "--answers", "absent.yml"], "absent.yml"),
    (["new", "shop"], "--defaults"),
    (["new", "shop", "-d", "language=en"], "project_name"),
    (["options", "extra"], "extra"),
    (["nothing"], "nothing"),
]


@pytest.mark.parametrize(("words", "named"), CALLED_WRONGLY, ids=lambda row: " ".join(row))
def test_a_wrong_call_is_told_in_one_sentence(
    weforge: Weforge, words: list[str], named: str
) -> None:
    ended = weforge(*words)

    assert ended.status == 2
    assert ended.output == ""
    assert ended.error.count("\n") == 1
    assert named in ended.error
    assert list(weforge.place.iterdir()) == []


def test_a_refusal_speaks_the_language_that_was_asked_for(weforge: Weforge) -> None:
    ended = weforge.new("--defaults", "-d", "language=zh", "-d", "project_name=A")

    assert ended.status == 2
    assert "项目名" in ended.error


def test_a_refusal_speaks_the_language_of_the_locale(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert "没有" in weforge.new("--defaults", "-d", "colour=red").error


def test_a_refusal_is_json_where_json_was_asked_for(weforge: Weforge) -> None:
    ended = weforge.new("--defaults", "--json", "-d", "colour=red")

    assert ended.document["error"]["status"] == 2
    assert ended.document["error"]["message"] == ended.error.strip()


def test_a_target_that_is_not_empty_stays_as_it_is(weforge: Weforge) -> None:
    (weforge.place / "shop").mkdir()
    (weforge.place / "shop" / "mine.txt").write_text("mine")

    ended = weforge.new("--defaults")

    assert ended.status == 1
    assert "not empty" in ended.error
    assert [path.name for path in (weforge.place / "shop").iterdir()] == ["mine.txt"]


def test_without_git_the_way_out_is_named(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    ended = weforge("new", "shop", "--defaults", "--no-lock")

    assert ended.status == 1
    assert "--no-git" in ended.error
    assert list(weforge.place.iterdir()) == []


def test_without_network_the_way_out_is_named(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(weforge.place.parent / "cache"))

    ended = weforge("new", "shop", "--defaults", "--no-git")

    assert ended.status == 1
    assert "--no-lock" in ended.error
    assert ended.error.count("\n") == 1
    assert list(weforge.place.iterdir()) == []


def test_git_that_says_no_leaves_the_place_as_it_was(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = weforge.place.parent / "programs"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho 'fatal: not today' >&2\nexit 1\n")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))

    ended = weforge("new", "shop", "--defaults", "--no-lock")

    assert ended.status == 1
    assert "not today" in ended.error
    assert list(weforge.place.iterdir()) == []


def test_a_full_disk_leaves_the_place_as_it_was(weforge: Weforge) -> None:
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    ended = subprocess.run(
        [sys.executable, "-m", "weforge", "new", "shop", "--defaults", "--no-lock", "--no-git"],
        cwd=weforge.place,
        preexec_fn=fill,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert list(weforge.place.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_finds_the_place_as_it_was(
    weforge: Weforge, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "weforge", "new", "a/shop", "--defaults", "--no-lock"],
        cwd=weforge.place,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    while not list(weforge.place.glob("a/.weforge-*/project/app")):
        assert process.poll() is None
        time.sleep(0.005)

    process.send_signal(number)
    error = process.communicate(timeout=30)[1]

    assert process.returncode == 1
    assert error.strip() == "Stopped; what was begun has been taken away."
    assert list(weforge.place.iterdir()) == []


@pytest.mark.parametrize(
    "content", ["[1, 2]", "text", "a: [", "\x00", "- - -", "", "1: &a [*a]", "a: 2020-99-99"]
)
def test_a_broken_answers_file_is_told_in_one_sentence(weforge: Weforge, content: str) -> None:
    (weforge.place.parent / "answers.yml").write_text(content)

    ended = weforge.new("--defaults", "--answers", "../answers.yml")

    assert ended.status == 2
    assert ended.error.count("\n") == 1
    assert list(weforge.place.iterdir()) == []


def test_pairs_win_over_the_file_and_the_file_over_the_offer(weforge: Weforge) -> None:
    answers = {"project_name": "from-file", "language": "zh", "_src_path": "x", "_commit": "y"}
    (weforge.place.parent / "answers.json").write_text(json.dumps(answers))

    ended = weforge.new(
        *("--defaults", "--answers", "../answers.json"), *("-d", "language=en", "--json")
    )

    assert ended.document["answers"]["project_name"] == "from-file"
    assert ended.document["answers"]["language"] == "en"


def test_the_answers_of_one_project_make_another(weforge: Weforge) -> None:
    assert weforge.new("--defaults", "-d", "project_description=Tea & more").status == 0

    ended = weforge(
        *("new", "again", "--no-lock", "--no-git", "--json"),
        *("--answers", "shop/.copier-answers.yml"),
    )

    assert ended.status == 0
    assert ended.document["answers"]["project_description"] == "Tea & more"


def test_the_name_of_the_folder_is_offered(weforge: Weforge) -> None:
    ended = weforge("new", "tea-house", "--defaults", "--no-lock", "--no-git", "--json")

    assert ended.document["answers"]["project_name"] == "tea-house"


def test_a_folder_whose_name_is_no_project_name_is_no_offer(weforge: Weforge) -> None:
    ended = weforge("new", "Tea_House", "--defaults", "--no-lock", "--no-git", "--json")

    assert ended.document["answers"]["project_name"] == "shop"


def test_chinese_is_offered_where_the_locale_is_chinese(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert weforge.new("--defaults", "--json").document["answers"]["language"] == "zh"


def test_a_dry_run_shows_the_files_and_writes_nothing(weforge: Weforge) -> None:
    ended = weforge("new", "shop", "--defaults", "--dry-run")

    assert ended.status == 0
    assert "app/main.py" in ended.output.split("\n")
    assert list(weforge.place.iterdir()) == []


def test_a_dry_run_foresees_exactly_what_is_made(weforge: Weforge) -> None:
    foreseen = weforge.new("--defaults", "--dry-run", "--json").document["files"]

    assert weforge.new("--defaults", "--json").document["files"] == foreseen
    made = [path for path in (weforge.place / "shop").rglob("*") if path.is_file()]
    assert len(made) == len(foreseen)


def test_the_preset_needs_no_terminal(weforge: Weforge) -> None:
    assert weforge.new("--preset", "quickstart").status == 0


def test_the_present_folder_can_be_the_target(weforge: Weforge) -> None:
    ended = weforge("new", ".", "--defaults", "--no-lock", "--no-git")

    assert ended.status == 0
    assert (weforge.place / "pyproject.toml").is_file()
    assert not list(weforge.place.glob(".weforge-*"))


def test_the_repository_has_one_commit_even_for_nobody(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("HOME", str(weforge.place.parent))

    ended = weforge("new", "shop", "--defaults", "--no-lock", "--json")

    log = subprocess.run(
        ["git", "log", "--format=%H"], cwd="shop", capture_output=True, text=True, check=True
    )
    status = subprocess.run(
        ["git", "status", "--porcelain", "--ignored"], cwd="shop", capture_output=True, check=True
    )
    assert log.stdout.split() == [ended.document["commit"]]
    assert status.stdout == b""


def test_hooks_and_signatures_of_the_user_are_left_out(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = weforge.place.parent / "gitconfig"
    hooks = weforge.place.parent / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-commit", "prepare-commit-msg"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {weforge.place.parent}/hooked\nexit 1\n")
        (hooks / name).chmod(0o755)
    config.write_text(f"[core]\nhooksPath={hooks}\n[commit]\ngpgsign=true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))

    assert weforge("new", "shop", "--defaults", "--no-lock").status == 0
    assert not (weforge.place.parent / "hooked").exists()


def test_a_git_that_points_elsewhere_is_not_followed(
    weforge: Weforge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(weforge.place.parent / "elsewhere"))

    assert weforge("new", "shop", "--defaults", "--no-lock").status == 0
    assert (weforge.place / "shop" / ".git").is_dir()
    assert not (weforge.place.parent / "elsewhere").exists()


def test_a_folder_that_is_no_template_is_told(weforge: Weforge, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    ended = weforge.new("--defaults", "--template", str(tmp_path / "other"))

    assert (ended.status, list(weforge.place.iterdir())) == (1, [])
    assert "copier.yml" in ended.error


def test_a_template_that_nobody_serves_is_told(weforge: Weforge, tmp_path: Path) -> None:
    ended = weforge.new("--defaults", "--template", f"file://{tmp_path}/absent.git")

    assert (ended.status, list(weforge.place.iterdir())) == (1, [])
    assert ended.error.count("\n") == 1


def test_no_command_at_all_shows_what_there_is() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "weforge", "--help"], capture_output=True, text=True, check=True
    )

    assert {"new", "options", "demo"} <= set(ended.stdout.split())


def test_help_is_there_before_copier_is_imported() -> None:
    code = "import sys; from weforge.__main__ import run; run(['--help']); "
    code += "sys.exit(bool({'copier', 'yaml', 'jinja2'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_why_git_could_not_is_what_git_blames(weforge: Weforge, tmp_path: Path) -> None:
    ended = weforge.new("--defaults", "--template", f"file://{tmp_path}/absent.git")

    assert "absent.git' does not appear to be a git repository" in ended.error
    assert "and the repository exists" not in ended.error


def test_a_bare_repository_may_be_named_from_where_one_stands(
    weforge: Weforge, template_folder: Path
) -> None:
    bare = weforge.place.parent / "template.git"
    work = shutil.copytree(template_folder, weforge.place.parent / "work")
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*("-c", "user.name=T", "-c", "user.email=t@example.com"), "commit", "-qm", "one"],
        ["clone", "--quiet", "--bare", ".", str(bare)],
    ):
        subprocess.run(["git", *words], cwd=work, check=True)

    ended = weforge.new("--defaults", "--json", "--template", "../template.git")

    assert ended.status == 0, ended.error
    written = (weforge.place / "shop" / ".copier-answers.yml").read_text("utf-8")
    assert f"_src_path: {bare.resolve()}" in written


def test_a_folder_with_a_space_is_quoted_in_what_to_type_next(weforge: Weforge) -> None:
    ended = weforge("new", "my shop", "--defaults", "--no-lock", "--no-git")

    assert 'cd "my shop"' in ended.output
