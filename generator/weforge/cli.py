"""The commands of `weforge`; what they do is imported only when it is asked for."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .messages import LANGUAGES, spoken_language

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Gives birth to WeChat mini-program backends. 生成微信小程序后端项目。",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Source = Annotated[
    str | None, typer.Option(metavar="SRC", help="Another template: a folder or a git address.")
]


@app.command()
def new(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="Where the project shall be.")],
    data: Annotated[
        list[str] | None, typer.Option("-d", "--data", metavar="KEY=VALUE", help="One answer.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A YAML or JSON file of answers.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", help="A named set of answers.")
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Do not ask; take defaults for what is not given.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the files, write nothing.")
    ] = False,
    as_json: Json = False,
    no_lock: Annotated[bool, typer.Option("--no-lock", help="Do not run `uv lock`.")] = False,
    no_git: Annotated[bool, typer.Option("--no-git", help="Make no git repository.")] = False,
    template: Source = None,
) -> None:
    """Make a new project in DIR. 在 DIR 中生成新项目。"""
    from .answers import Given
    from .birth import Order, bring_to_life, foresee
    from .report import birth_document, birth_text, print_json

    order = Order(
        directory=directory,
        given=Given(data or (), answers, preset, defaults),
        language=spoken_language(),
        template=template,
        may_ask=sys.stdin.isatty() and not as_json,
        lock=not no_lock,
        commit=not no_git,
    )
    birth = foresee(order) if dry_run else bring_to_life(order)
    if as_json:
        print_json(birth_document(birth, order, dry_run))
    else:
        print(birth_text(birth, order, dry_run, birth.answers["language"]))


@app.command()
def options(as_json: Json = False, template: Source = None) -> None:
    """List questions, choices, defaults, rules and presets. 列出问题、选项、默认值、规则与预设。"""
    from .catalogue import read_catalogue
    from .options import schema, table
    from .report import print_json
    from .sources import opened

    with opened(template) as found:
        catalogue = read_catalogue(found.folder)
    if as_json:
        print_json(schema(catalogue, spoken_language()))
    else:
        print(table(catalogue, spoken_language()))


@app.command()
def demo(as_json: Json = False) -> None:
    """Show the main job in one go: sign in, read /users/me. 一次看完主流程：登录并读取本人资料。"""
    from .demo import show

    show(as_json, spoken_language())


def language_of(words: list[str]) -> str:
    """The language to refuse in: the `language` answer if there is one, else the locale's."""
    named = [word.removeprefix("language=") for word in words if word.startswith("language=")]
    return named[-1] if named and named[-1] in LANGUAGES else spoken_language()
