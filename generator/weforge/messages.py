"""Every sentence that weforge says, in both languages."""

import os
from collections.abc import Mapping
from typing import Final

from .errors import Refusal

LANGUAGES: Final = ("en", "zh")

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # called wrongly
    "plain": ("{text}", "{text}"),
    "not_a_pair": (
        "-d takes key=value, and {given} is none.",
        "-d 需要 key=value 的形式，而 {given} 不是。",
    ),
    "given_twice": (
        "{question} is given twice; say it once.",
        "{question} 给了两次，请只给一次。",
    ),
    "unknown_question": (
        "There is no question {given}; `weforge options` lists them.",
        "没有名为 {given} 的问题；`weforge options` 会列出全部问题。",
    ),
    "unknown_choice": (
        "{given} is no choice of {question}; choose {choices}.",
        "{question} 没有 {given} 这个选项；可选：{choices}。",
    ),
    "not_text": (
        "The answer to {question} must be text in quotes, not {given}.",
        "{question} 的答案须是带引号的文本，而不是 {given}。",
    ),
    "incompatible": (
        "{first} does not go with {second}: {because[en]}.",
        "{first} 与 {second} 不能同时选用：{because[zh]}。",
    ),
    "unknown_preset": (
        "There is no preset {given}; there is {presets}.",
        "没有名为 {given} 的预设；现有：{presets}。",
    ),
    "answers_unreadable": (
        "The answers file {path} cannot be read: {reason}.",
        "无法读取答案文件 {path}：{reason}。",
    ),
    "answers_no_mapping": (
        "The answers file {path} must hold lines of `question: answer`.",
        "答案文件 {path} 应由 `问题: 答案` 的行组成。",
    ),
    "answers_missing": (
        "There is no terminal to ask for {questions}: give each with -d, or take --defaults.",
        "没有终端可供询问 {questions}：请用 -d 逐一给出，或使用 --defaults。",
    ),
    "no_directory": (
        "The target's name is empty; say where the project shall be.",
        "目标目录名为空，请说明项目放在哪里。",
    ),
    # could not
    "target_not_empty": (
        "{path} is not empty; take a new or an empty folder.",
        "{path} 不是空目录，请换一个新目录或空目录。",
    ),
    "target_no_folder": (
        "{path} is there already and is no folder; take another name.",
        "{path} 已存在且不是目录，请换一个名字。",
    ),
    "target_unreachable": (
        "{path} cannot be written: {reason}.",
        "无法写入 {path}：{reason}。",
    ),
    "disk": (
        "Nothing was made, because the disk refused: {reason}.",
        "未生成任何内容，因为磁盘操作失败：{reason}。",
    ),
    "template_missing": (
        "This weforge holds no template; install it again, or name one with --template.",
        "当前 weforge 不含模板；请重新安装，或用 --template 指定一个。",
    ),
    "template_unusable": (
        "{source} is no template of weforge: {reason}.",
        "{source} 不是 weforge 的模板：{reason}。",
    ),
    "template_unreachable": (
        "The template {source} could not be fetched: {reason}.",
        "无法取得模板 {source}：{reason}。",
    ),
    "render_failed": (
        "The template could not be rendered: {reason}.",
        "模板渲染失败：{reason}。",
    ),
    "git_missing": (
        "git is not here; install it, or go on with --no-git.",
        "找不到 git；请先安装，或使用 --no-git。",
    ),
    "git_failed": (
        "git could not make the repository ({reason}); mend that, or go on with --no-git.",
        "git 无法建立仓库（{reason}）；请先解决，或使用 --no-git。",
    ),
    "uv_missing": (
        "uv is not beside {python}; install weforge again, or go on with --no-lock.",
        "{python} 旁没有 uv；请重新安装 weforge，或使用 --no-lock。",
    ),
    "lock_failed": (
        "The dependencies could not be locked ({reason}); look at the network and the package"
        " index, or go on with --no-lock and run `uv lock` later.",
        "无法锁定依赖（{reason}）；请检查网络与软件包索引，"
        "或先使用 --no-lock，稍后再运行 `uv lock`。",
    ),
    "demo_failed": (
        "The demo stopped at `{step}`: {reason}.",
        "演示在 `{step}` 处中止：{reason}。",
    ),
    "stopped": (
        "Stopped; what was begun has been taken away.",
        "已中止，未完成的内容已清除。",
    ),
    "unforeseen": (
        "weforge met something that it did not foresee ({kind}: {reason}); please report it.",
        "weforge 遇到未预料的问题（{kind}：{reason}），请向我们报告。",
    ),
    # what went well
    "born": ("{name} is in {path}: {count} files.", "{name} 已生成于 {path}：共 {count} 个文件。"),
    "would_be_born": (
        "{name} would be in {path}, {count} files; nothing was written.",
        "{name} 将生成于 {path}，共 {count} 个文件；未写入任何内容。",
    ),
    "pinned": (
        "It can be updated from {address} ({commit}).",
        "可从 {address} 更新（{commit}）。",
    ),
    "not_pinned": (
        "It cannot be updated yet: its template is neither a release nor a git checkout"
        " without changes.",
        "暂时无法更新：其模板既不是正式版本，也不是没有改动的 git 检出。",
    ),
    "next": ("Next:", "下一步："),
    "demo_rendering": ("A project is born from the default answers.", "以默认答案生成项目。"),
    "demo_installing": ("Its dependencies are installed.", "安装依赖。"),
    "demo_setup": ("Its secrets are made.", "生成密钥。"),
    "demo_migrate": ("Its tables are made.", "建立数据表。"),
    "demo_seed": ("Its catalogue is filled.", "写入商品目录。"),
    "demo_sandbox": ("The WeChat sandbox starts.", "启动微信沙箱。"),
    "demo_serve": ("The app starts.", "启动应用。"),
    "demo_sign_in": ("A user signs in, and asks who they are.", "用户登录，并读取本人资料。"),
    "demo_over": ("Both are stopped; nothing is left behind.", "两者均已停止，未留下任何内容。"),
}


def sentence(key: str, language: str, **facts: object) -> str:
    return _SENTENCES[key][LANGUAGES.index(language)].format(**facts)


def told(refusal: Refusal, language: str) -> str:
    """What the user reads; always one line, whatever the facts hold."""
    return " ".join(sentence(refusal.key, language, **refusal.facts).split())


def spoken_language(environ: Mapping[str, str] | None = None) -> str:
    """The language of whoever calls, as far as the locale tells."""
    environ = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def shown(value: object) -> str:
    """A value from outside, safe for any terminal: quoted, escaped, and short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…" + text[-1]
