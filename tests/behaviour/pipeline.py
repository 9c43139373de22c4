"""The commands of a rendered pipeline, as its own file says them."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Command:
    """One `run:` line with the environment that the pipeline gives it."""

    job: str
    line: str
    environment: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.job}: {self.line}"


def commands(workflows: Path) -> list[Command]:
    """In their order; each once, since a machine is not made anew for every job here."""
    found = [
        command
        for path in sorted(workflows.glob("*.yml"))
        for command in _of_workflow(yaml.safe_load(path.read_text("utf-8")))
    ]
    return list(dict.fromkeys(found))


def _of_workflow(workflow: dict[str, Any]) -> Iterator[Command]:
    for name, job in workflow["jobs"].items():
        environment = {**workflow.get("env", {}), **job.get("env", {})}
        for step in job["steps"]:
            if "run" in step:
                values = {**environment, **step.get("env", {})}
                told = {key: _told(str(value)) for key, value in values.items()}
                yield Command(name, step["run"].strip(), tuple(sorted(told.items())))


def _told(value: str) -> str:
    """An expression of GitHub's; only the Python version of a matrix is known here."""
    return re.sub(r"\${{ *matrix\.python *}}", PYTHON, value)
