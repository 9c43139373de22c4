"""The pipeline does what a laptop does, and may do nothing else."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
WORKFLOW = (PROJECT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
PINNED = re.compile(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def steps() -> set[str]:
    return {*re.findall(r"^ +- run: (.+)$", WORKFLOW, re.MULTILINE)}


def commands_of_the_readme() -> set[str]:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return {line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()}


def test_every_check_of_the_pipeline_stands_in_the_readme() -> None:
    checks = {step for step in steps() if step.startswith("uv run ")}

    assert {"uv run mypy app sandbox", "uv run pytest --cov"} <= checks
    assert checks <= commands_of_the_readme()


def test_the_pipeline_installs_what_the_lock_says_and_nothing_newer() -> None:
    assert {step for step in steps() if " sync" in step or " install" in step} == {
        "uv sync --locked"
    }


def test_every_action_is_pinned_to_a_commit() -> None:
    uses = [line for line in WORKFLOW.splitlines() if "uses:" in line]

    assert uses
    assert [line for line in uses if not PINNED.search(line)] == []


def test_the_pipeline_may_read_the_code_and_nothing_else() -> None:
    granted = re.findall(r"permissions:\n +(.+)$", WORKFLOW, re.MULTILINE)

    assert re.search(r"^permissions: \{\}$", WORKFLOW, re.MULTILINE)
    assert {*granted} == {"contents: read"}
    assert WORKFLOW.count("persist-credentials: false") == WORKFLOW.count("actions/checkout@")
