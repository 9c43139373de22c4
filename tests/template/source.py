"""The template's files, for tests that only read them."""

import re
from pathlib import Path, PurePosixPath

import yaml

from tests.conftest import ROOT
from weforge.archive import HOME, template_files
from weforge.catalogue import read_catalogue

FILES = sorted(template_files(ROOT))
IN_PROJECT = [path.relative_to(HOME) for path in FILES if path.is_relative_to(HOME)]
PARTIALS = PurePosixPath("template/partials")

QUESTIONS = {row.id: row for row in read_catalogue(ROOT).questions}
CHOICES = {choice: row.id for row in QUESTIONS.values() for choice in row.choices}

_RULE = re.compile(r'<<% if (\w+) != "(\w+)" %>>\n((?:/\S+\n)+)<<% endif %>>\n')
_DEFAULT = re.compile(r'<<% set (\w+) = \1 \| default\("(\w+)"\) %>>\n')


def text(path: PurePosixPath | str) -> str:
    return Path(ROOT / path).read_text("utf-8")


def manifest() -> str:
    """The one templated entry of `_exclude`."""
    excluded = yaml.safe_load(text("copier.yml"))["_exclude"]
    (block,) = [entry for entry in excluded if "<<" in entry]
    return str(block)


def manifest_rules() -> dict[str, tuple[str, list[str]]]:
    """choice → its question, and the paths that go when it was not chosen."""
    return {row[1]: (row[0], row[2].split()) for row in _RULE.findall(manifest())}


def manifest_defaults() -> dict[str, str]:
    return dict(_DEFAULT.findall(manifest()))


def manifest_rest() -> str:
    """What is neither a default nor a rule; nothing should be."""
    return _RULE.sub("", _DEFAULT.sub("", manifest())).strip()
