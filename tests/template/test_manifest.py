"""Which paths belong to which choice: the second part of `copier.yml`."""

import re
from pathlib import PurePosixPath

import pytest
import yaml
from pathspec import GitIgnoreSpec

from tests.template.source import (
    CHOICES,
    IN_PROJECT,
    QUESTIONS,
    manifest,
    manifest_defaults,
    manifest_rest,
    manifest_rules,
    text,
)

# Named like a choice, and there whatever was chosen.
ALWAYS_THERE = re.compile(
    r"app/web/messages/(en|zh)\.py"  # callers are answered in both languages
    r"|app/adapters/telemetry/metrics\.py"  # the app's own metrics
    r"|tests/.*"  # judged by what they import
)


def test_the_manifest_is_defaults_and_rules_and_nothing_else() -> None:
    assert manifest_rest() == ""


def test_every_name_has_its_default_before_the_first_rule() -> None:
    used = set(re.findall(r"<<% if (\w+)", manifest()))
    head = manifest().partition("<<% if")[0]

    assert used <= set(manifest_defaults())
    assert all(f"set {name} =" in head for name in used)


def test_the_defaults_are_those_of_the_questions() -> None:
    for name, value in manifest_defaults().items():
        assert QUESTIONS[name].default == value


@pytest.mark.parametrize("choice", list(manifest_rules()))
def test_a_rule_names_a_choice_and_paths_that_are_there(choice: str) -> None:
    question, patterns = manifest_rules()[choice]
    there = [str(path).removesuffix(".jinja") for path in IN_PROJECT]

    assert CHOICES[choice] == question
    for pattern in patterns:
        assert not pattern.endswith("/"), "a slash at the end leaves an empty folder"
        assert any(GitIgnoreSpec.from_lines([pattern]).match_files(there)), pattern


def test_every_path_named_by_a_choice_is_in_the_manifest() -> None:
    forgotten = [str(path) for path in IN_PROJECT if not _is_covered(path)]

    assert forgotten == []


def test_rendering_runs_no_code() -> None:
    settings = yaml.safe_load(text("copier.yml"))

    assert not {"_tasks", "_migrations", "_jinja_extensions"} & set(settings)


def _is_covered(path: PurePosixPath) -> bool:
    if ALWAYS_THERE.fullmatch(str(path)):
        return True
    names = {part.removesuffix(".jinja").partition(".")[0] for part in path.parts}
    place = str(path).removesuffix(".jinja")
    rules = [manifest_rules().get(choice, ("", []))[1] for choice in names & set(CHOICES)]
    return all(GitIgnoreSpec.from_lines(patterns).match_file(place) for patterns in rules)
