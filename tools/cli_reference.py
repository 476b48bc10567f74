"""Write the pages of the command line, ``docs/reference/cli.md`` and its Chinese twin, from the commands.

Texts are the help of the commands themselves; ``help_zh.toml`` beside them has each in Chinese.

Usage: ``python -m tools.cli_reference``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import typer.main
from typer.core import TyperGroup

from tidewheel.serve.cli import help_words, kinds, options
from tidewheel.serve.cli.main import app

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
PAGES = {"en": DOCS / "reference" / "cli.md", "zh": DOCS / "zh" / "reference" / "cli.md"}
SHARED: Final = {get_args(one)[1].help for one in (options.Home, options.Json, options.Project)}

HEADS = {
    "en": """# Command line

Nouns are groups, verbs are commands. `--help` after any of them says what it takes.

Where the server of the data folder runs, commands talk to it; otherwise they open the folder themselves, with the same
result. Results go to standard output, errors and remarks to standard error; errors speak the terminal's language (`LANG`).
With `--json` a result is JSON; `analyse --json` prints byte for byte what the HTTP API answers.

| Code | Meaning |
|---|---|
| 0 | success |
| 1 | something else went wrong; `doctor` found a fault |
| 2 | input that can be mended, or a command line that cannot be read |
| 3 | no such thing |
| 4 | not allowed |
| 5 | it exists already, or the data folder is in use |
| 6 | try again later |
| 130 | stopped |

## How questions are written

| | For example | Meaning |
|---|---|---|
| step | `view_item\\|view_item_list` | either event |
| | `purchase[channel=paid][value>=10000]` | an event with conditions |
| condition | `channel=paid`, `channel=paid,live`, `channel!=paid` | is, is one of, is not |
| | `value>=10000`, also `>` `<` `<=` | a number |
| | `page~goods`, `coupon_id?` | contains; is set |
| property | `channel`, `item.item_id`, `person.city` | of the event, of its items, of the person |
| measure | `people`, `sum:value`, `sum:item.price*quantity`, `percentile:95:value` | see [Trends](analyses/trends.md) |
| length | `45s`, `30min`, `24h`, `7d`, `8w`, `6m` | seconds, minutes, hours, days, weeks, **months** |

What flags cannot say, `--params FILE` can: the [parameters](analyses/README.md) as JSON.
""",
    "zh": """# 命令行

名词是命令组，动词是命令。在任何一个后面加 `--help` 可查看它接受什么。

数据目录的服务正在运行时，命令会与它对话；没有运行时，命令直接打开数据目录，结果相同。结果写到标准输出，错误与提示写到标准错误；
错误信息的语言随终端（`LANG`）。加 `--json` 输出 JSON；`analyse --json` 与 HTTP 接口返回的内容逐字节一致。

| 退出码 | 含义 |
|---|---|
| 0 | 成功 |
| 1 | 其他错误，或 `doctor` 发现问题 |
| 2 | 输入有误，可以改正；或命令行无法识别 |
| 3 | 没有找到 |
| 4 | 没有权限 |
| 5 | 已存在，或数据目录正被使用 |
| 6 | 请稍后重试 |
| 130 | 被中断 |

## 问题怎么写

| | 例如 | 含义 |
|---|---|---|
| 步骤 | `view_item\\|view_item_list` | 二者之一 |
| | `purchase[channel=paid][value>=10000]` | 带条件的事件 |
| 条件 | `channel=paid`、`channel=paid,live`、`channel!=paid` | 等于、等于其中之一、不等于 |
| | `value>=10000`，还有 `>` `<` `<=` | 数值比较 |
| | `page~goods`、`coupon_id?` | 包含；有值 |
| 属性 | `channel`、`item.item_id`、`person.city` | 事件的、商品的、用户的 |
| 指标 | `people`、`sum:value`、`sum:item.price*quantity`、`percentile:95:value` | 见[事件趋势](analyses/trends.md) |
| 时长 | `45s`、`30min`、`24h`、`7d`、`8w`、`6m` | 秒、分钟、小时、天、周、**月** |

选项写不出来的，用 `--params FILE`：内容是 JSON 形式的[参数](analyses/README.md)。
""",
}
WORDS = {
    "en": {
        "table": "| Parameter | Meaning | Default |",
        "common": "## Options of many commands",
        "takes": "Takes {shared}.",
        "and": ", ",
        "each": "All of them take:",
    },
    "zh": {
        "table": "| 参数 | 含义 | 默认值 |",
        "common": "## 多个命令共用的选项",
        "takes": "另有 {shared}。",
        "and": "、",
        "each": "它们的参数相同：",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter as the page shows it."""

    name: str
    help: str
    default: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its words, what it does, what it takes."""

    words: str
    help: str
    lines: tuple[Line, ...]


def main() -> None:
    """Write both pages."""
    for language, path in PAGES.items():
        path.write_text(page(language), "utf-8")


def page(language: str) -> str:
    """Return the page of one language."""
    said, words = translation(language), WORDS[language]
    parts = [HEADS[language], words["common"], "", *table(common(), said, words["table"])]
    for group, help_, entries in groups():
        same = len(entries) > 1 and len({entry.lines for entry in entries}) == 1
        if group:
            parts += ["", f"## `tidewheel {group}`", "", said[help_]]
        for entry in entries:
            parts += ["", f"{'###' if group else '##'} `tidewheel {entry.words}`", "", said[entry.help]]
            if not same:
                parts += taken(entry, said, words)
        if same:
            parts += ["", words["each"], *taken(entries[0], said, words)]
    return "\n".join(parts) + "\n"


def taken(entry: Entry, said: dict[str, str], words: dict[str, str]) -> list[str]:
    """Return the table of a command's own parameters and the names of shared ones."""
    own = [line for line in entry.lines if not line.shared]
    shared = [line.name for line in entry.lines if line.shared]
    parts = ["", *table(own, said, words["table"])] if own else []
    if shared:
        parts += ["", words["takes"].format(shared=words["and"].join(shared))]
    return parts


def table(lines: list[Line], said: dict[str, str], head: str) -> list[str]:
    """Return a table of parameters."""
    rows = [
        f"| {line.name} | {said[line.help].replace('|', chr(92) + '|')} | {line.default} |" for line in lines
    ]
    return [head, "|---|---|---|", *rows]


def translation(language: str) -> dict[str, str]:
    """Return each text of the commands in a language; every text must be there."""
    if language == "en":
        return {text: text for text in texts()}
    said = texts()
    own = {english: chinese for english, chinese in kinds.words().items() if english in said}
    return own | help_words.words()


def texts() -> set[str]:
    """Return all English texts the pages show."""
    found = set()
    for group, help_, entries in groups():
        found |= {help_} if group else set()
        found |= {text for entry in entries for text in (entry.help, *(line.help for line in entry.lines))}
    return found


def common() -> list[Line]:
    """Return the options that many commands share."""
    lines = (line for _, _, entries in groups() for entry in entries for line in entry.lines if line.shared)
    return sorted(set(lines), key=lambda line: line.name)


@cache
def groups() -> tuple[tuple[str, str, list[Entry]], ...]:
    """Return the groups in the order of ``--help``; commands without a group stand alone, under no name."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"  # commands say their help in the terminal's language
    try:
        return tuple(_groups())
    finally:
        os.environ.pop("LC_ALL")
        os.environ.update({} if before is None else {"LC_ALL": before})


def _groups() -> Iterator[tuple[str, str, list[Entry]]]:
    for name, one in commands(typer.main.get_command(app)):
        if isinstance(one, TyperGroup):
            yield name, one.help or "", list(_entries(name, one))
        else:
            yield "", "", [entry(name, one)]


def _entries(words: str, group: Any) -> Iterator[Entry]:
    """Yield the commands of a group, those of groups inside it among them."""
    for verb, command in commands(group):
        if isinstance(command, TyperGroup):
            yield from _entries(f"{words} {verb}", command)
        else:
            yield entry(f"{words} {verb}", command)


def commands(group: Any) -> list[tuple[str, Any]]:
    """Return the commands of a group, which imports them only when asked."""
    context = typer.Context(group)
    return [(name, group.get_command(context, name)) for name in group.list_commands(context)]


def entry(words: str, command: Any) -> Entry:
    """Return one command."""
    shown = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    return Entry(words, command.help, tuple(line(one) for one in shown))


def line(parameter: Any) -> Line:
    """Return one parameter."""
    option = parameter.param_type_name == "option"
    name = ", ".join(f"`{one}`" for one in (parameter.opts if option else [parameter.name.upper()]))
    default = parameter.default
    silent = default is None or default is False or default == "" or not parameter.show_default
    return Line(name, parameter.help or "", "" if silent else f"`{default}`", parameter.help in SHARED)


if __name__ == "__main__":
    main()
