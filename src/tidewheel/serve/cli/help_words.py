"""``--help`` in Chinese: each text of a command by the English one, which stands in the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

import typer
from typer.core import TyperGroup

PANELS: Final = {"argument": "参数", "option": "选项", "command": "命令"}
HELP: Final = "显示此说明后退出。"
OWN: Final = {
    "The growth system a retail brand runs itself.": "零售品牌自己运行的增长系统。",
    "Print the version.": "显示版本号。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示当前 shell 的命令补全，供复制或自行安装。",
}
"""What the program itself says, which the pages of the command line leave out."""
NAMES: Final = ["-h", "--help"]
"""What asks for help."""


@cache
def words() -> dict[str, str]:
    """Return each text in Chinese, but for those that the kinds of analyses bring themselves."""
    text = resources.files("tidewheel.serve.cli").joinpath("help_zh.toml").read_text("utf-8")
    return tomllib.loads(text)


def put(command: Any, said: dict[str, str]) -> None:
    """Put the help of a command, and that of what it takes, into other words; a text without others stays."""
    command.help = said.get(command.help, command.help)
    command.rich_help_panel = PANELS["command"]
    for one in command.params:
        if hasattr(one, "help"):
            one.help = said.get(one.help, one.help)
        one.rich_help_panel = PANELS[one.param_type_name]
    asking = command.get_help_option(typer.Context(command, help_option_names=NAMES))
    if asking is not None:
        asking.help, asking.rich_help_panel = HELP, PANELS["option"]


def put_all(command: Any, said: dict[str, str]) -> None:
    """Do the same with a command and the commands in it."""
    put(command, said)
    for inner in command.commands.values() if isinstance(command, TyperGroup) else ():
        put_all(inner, said)
