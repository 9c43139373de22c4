"""Answers are data: refused in one sentence, or read back exactly as they were given."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import copier
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Render
from weforge.archive import HOME
from weforge.catalogue import read_catalogue

HOSTILE_DESCRIPTIONS = [
    'A "quoted" sentence, it\'s \\ escaped \\n twice \\\\.',
    "<<project_name>> << 7 * 7 >> <<% raw %>> <<# x #>> {{ 7 * 7 }} {% x %} ${HOME} %s {0}",
    "$(touch pwned) `touch pwned` ; rm -rf / | tee & && || !! > out",
    "key: value # no comment - [a, b] {c: d} *alias &anchor !!python/object",
    "[link](javascript:alert(1)) <script>alert(1)</script> **bold** _x_ ![i](x)",
    "微信小程序，后端服务。😀 é ñ ﷽ \U0001f9d1‍🚀".replace("‍", ""),
    "# heading",
    "- item",
    "1. one",
    "'''; import os; os.system('x') #",
    '"""',
    "</textarea> --> ]]> %>",
    "null",
    "0x10",
    "~",
]

REFUSED = {
    "project_name": [
        *("", "a", "A", "Shop", "1shop", "-shop", "shop-", "sh op", "shop\n", "\nshop", "a" * 41),
        *("shop/../x", "../shop", "/shop", "shop.py", "shop_x", "商店", "shop\x00", "s'hop"),
        *('sh"op', "sh$op", "<<x>>", "shop;", "shop\u0301", "ſhop", "shop\u200b", "~"),
    ],
    "project_description": [
        *("", " ", " x", "x ", "x\n", "a\nb", "a\rb", "a\tb", "a\x00b", "a\x1bb", "a\x7fb"),
        *("a\x85b", "a\u2028b", "a\u202eb", "a\u200bb", "a\ufeffb", "a\udce9b", "a" * 201),
    ],
    "package_index": [
        *("http://index.example", "index.example", "file:///etc", "https://", "https:///x"),
        *("https://user@index.example/", "https://u:p@index.example/", "https://x/?token=1"),
        *(
            "https://x/#y",
            "https://x y/",
            "https://x\n",
            "https://x/ ",
            'https://x/"',
            "https://-/",
        ),
        *("https://x/$(id)", "https://x/\\", "ssh://x", "https://x/<<y>>", "https://x//"),
    ],
}
ACCEPTED = {
    "project_name": ["ab", "shop", "shop-2", "a" * 40, "a--b", "no", "on", "null", "x1"],
    "project_description": [*HOSTILE_DESCRIPTIONS, "x", "a" * 200],
    "package_index": [
        *(
            "",
            "https://index.example",
            "https://index.example:8443/root/pypi/+simple/".replace("+", ""),
        ),
        "https://10.0.0.1/a/b",
    ],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in table.items() for value in values]


@pytest.fixture(scope="module")
def questions_only(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template that asks all and renders nothing."""
    folder = tmp_path_factory.mktemp("questions")
    shutil.copy(template_folder / "copier.yml", folder)
    (folder / HOME).mkdir(parents=True)
    return folder


def asked(template: Path, name: str, value: str) -> None:
    """ValueError where the answer is refused."""
    copier.run_copy(str(template), "unused", {name: value}, defaults=True, quiet=True, pretend=True)


@pytest.mark.parametrize(("name", "value"), cases(REFUSED))
def test_a_hostile_answer_is_refused(questions_only: Path, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"Validation error for question '{name}': \\S+ \\S+"):
        asked(questions_only, name, value)


@pytest.mark.parametrize(("name", "value"), cases(ACCEPTED))
def test_an_odd_answer_is_accepted(questions_only: Path, name: str, value: str) -> None:
    asked(questions_only, name, value)


@pytest.mark.parametrize("description", HOSTILE_DESCRIPTIONS)
def test_a_description_reads_back_exactly(render_answers: Render, description: str) -> None:
    project = render_answers(project_description=description)

    assert metadata(project)["description"] == description
    assert answers(project)["project_description"] == description
    readme = (project / "README.md").read_text("utf-8").split("\n")[2]
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", readme) == description
    assert not list(project.rglob("pwned"))


@pytest.mark.parametrize("name", ["no", "on", "null", "a--b", "a" * 40])
def test_a_name_reads_back_exactly(render_answers: Render, name: str) -> None:
    project = render_answers(project_name=name)

    assert metadata(project)["name"] == name
    assert answers(project)["project_name"] == name
    assert yaml.safe_load((project / "deploy/compose.yaml").read_text("utf-8"))["name"] == name


def test_an_index_reads_back_exactly(render_answers: Render) -> None:
    address = "https://index.example:8443/root/pypi/simple/"

    project = render_answers(package_index=address)

    (index,) = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]["index"]
    assert index == {"name": "near", "url": address, "default": True}
    assert answers(project)["package_index"] == address


def test_without_an_index_uv_asks_where_it_always_asks(render_answers: Render) -> None:
    assert (
        "index"
        not in tomllib.loads((render_answers() / "pyproject.toml").read_text())["tool"]["uv"]
    )


def test_the_answers_file_holds_the_answers_and_nothing_else(render_answers: Render) -> None:
    questions = {question.id for question in read_catalogue(ROOT).questions}

    assert set(answers(render_answers())) - {"_src_path", "_commit"} == questions


def test_no_answer_is_a_secret() -> None:
    settings = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))

    for name, row in settings.items():
        if not name.startswith("_"):
            assert "secret" not in row
            assert not re.search(r"password|token|key|secret", name)


@given(st.text(max_size=220))
def test_whatever_is_typed_is_refused_or_fits_every_file(text: str) -> None:
    """The rule that `copier.yml` holds: what it lets through reads back from TOML and YAML."""
    questions = {row.id: row for row in read_catalogue(ROOT).questions}
    pattern = questions["project_description"].pattern
    assert pattern is not None
    if re.search(rf"\A{pattern}\Z", text):
        literal = json.dumps(text, ensure_ascii=False)
        assert tomllib.loads(f"x = {literal}")["x"] == text
        assert yaml.safe_load(yaml.safe_dump({"x": text}))["x"] == text
        assert text.encode("utf-8").decode("utf-8").splitlines() == [text]


def metadata(project: Path) -> dict[str, object]:
    content = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    return dict(content["project"])


def answers(project: Path) -> dict[str, object]:
    return dict(yaml.safe_load((project / ".copier-answers.yml").read_text("utf-8")))
