"""How the command line speaks: tables for people, JSON for programs, errors with their next step."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from tidewheel.core.errors import TidewheelError
from tidewheel.core.text import Language
from tidewheel.serve.cli.headings import HEADINGS, STATES

EXIT_CODES = {400: 2, 401: 4, 403: 4, 404: 3, 405: 2, 409: 5, 413: 2, 422: 2, 429: 6, 499: 130, 503: 6}
"""By the HTTP status of an error. 0 is success, 1 anything else, 2 also a command line that cannot be read."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def language() -> Language:
    """Return the language of the terminal."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


def say(english: str, chinese: str) -> None:
    """Print a line in the terminal's language."""
    out.print(chinese if language() == "zh" else english, markup=False, soft_wrap=True)


def remark(english: str, chinese: str) -> None:
    """Print a line about the work itself, apart from its result."""
    err.print(chinese if language() == "zh" else english, markup=False, soft_wrap=True, style="dim")


def print_json(value: Any) -> None:
    """Print a JSON value."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_bytes(body: bytes) -> None:
    """Print an answer exactly as the server sent it; a terminal gets a line break after it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


class Given(str):
    """A heading that is data, such as the name of a column: it is no word of ours, and stays as it is."""


def heading(column: str) -> str:
    """Return a heading in the terminal's language."""
    if isinstance(column, Given) or language() != "zh":
        return column
    return HEADINGS.get(column, column)


def state(word: str) -> str:
    """Return how something stands in the terminal's language; what is no state of ours, such as a name, stays as it is."""
    return STATES.get(word, word) if language() == "zh" else word


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Print a table; numbers are set right."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    lines = [list(row) for row in rows]
    for place, column in enumerate(columns):
        numeric = bool(lines) and all(isinstance(line[place], int | float | None) for line in lines)
        table.add_column(Words(heading(column)), justify="right" if numeric else "left", overflow="fold")
    for line in lines:
        table.add_row(*(Words(shown(cell)) for cell in line))
    out.print(table)


def print_links(links: list[dict[str, Any]]) -> None:
    """Print links as a table."""
    rows = [
        [one["a"], one["b"], one["source"], one["time"], one["rule"], one["confidence"], one["reason"]]
        for one in links
    ]
    print_table(["a", "b", "said by", "time", "rule", "confidence", "reason"], rows)


def print_hands(hands: list[dict[str, Any]]) -> None:
    """Print who had which device when as a table."""
    rows = [[one["device"], one["since"], one["account"], one["person"]] for one in hands]
    print_table(["device", "since", "account", "person"], rows)


def shown(cell: Any) -> str:
    """Return a value as a person reads it; an unknown one is a dash."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "✓" if cell else "–"
    if isinstance(cell, float):
        return f"{cell:,.2f}" if cell != int(cell) else f"{int(cell):,}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def print_error(error: TidewheelError, *, as_json: bool) -> None:
    """Print an error with what was got, what was expected and what to do."""
    said = error.describe(language())
    if as_json:
        sys.stderr.write(json.dumps({"error": said}, ensure_ascii=False, default=str) + "\n")
        return
    field = f" ({said['field']})" if said["field"] else ""
    err.print(f"{said['message']}{field}", style="bold red", markup=False, soft_wrap=True)
    got, wanted = ("收到：", "应为：") if language() == "zh" else ("got: ", "expected: ")
    if said["got"] is not None:
        err.print(f"  {got}{said['got']}", markup=False, soft_wrap=True)
    if said["expected"]:
        expected = said["expected"]
        listed = ", ".join(map(str, expected[:12])) if isinstance(expected, list) else expected
        err.print(f"  {wanted}{listed}", markup=False, soft_wrap=True)
    if said["hint"]:
        err.print(f"  {said['hint']}", markup=False, soft_wrap=True)
    err.print(f"  [{said['code']}]", style="dim", markup=False)


def exit_code(error: TidewheelError) -> int:
    """Return the exit code of an error."""
    return EXIT_CODES.get(getattr(error, "answered", error.status), 1)


def in_units(value: float | None, form: str) -> float | str | None:
    """Return a figure as a table shows it: money in major units, shares as percentages, the rest as it is."""
    if value is None or form not in {"money", "percent"}:
        return value
    return value / 100 if form == "money" else f"{value * 100:.2f}%"
