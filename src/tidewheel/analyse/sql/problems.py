"""What goes wrong with SQL, in words, with the place where it went wrong."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tidewheel.analyse.sql.wording import worded
from tidewheel.core.errors import BadInput, TidewheelError, TooLarge, Unavailable, nearest, shorten
from tidewheel.core.text import Text

LARGEST: Final = 1 << 26
"""Most bytes of an answer that is shown, as it is written as JSON in memory, and of a row in a file."""
_LESS: Final = Text(
    "Read fewer rows or columns, make shorter values, aggregate earlier, or raise TIDEWHEEL_SQL_MEMORY_MB.",
    "请减少行或列、缩短取值、提前聚合，或调大 TIDEWHEEL_SQL_MEMORY_MB。",
)
_OURS: Final = re.compile(r"^[A-Z][A-Za-z ]* Error: ")
_REFUSED: Final = re.compile(
    r"(?:exporting a|reading the) stream .*registered as|.*failed to allocate|allocation failure|std::bad_alloc",
    re.DOTALL | re.IGNORECASE,
)
"""A table that comes from the server, in a process that cannot take it in (all else that goes wrong there ends the query), or
memory that the system refuses where the engine has no better word."""
_LINE: Final = re.compile(r"\n+LINE (\d+): .*\n *\^.*", re.DOTALL)


def place(sql: str, offset: int | None) -> str:
    """Return ``sql:line:column`` of a byte of the text, counted from 1; ``sql`` when it is unknown."""
    raw = sql.encode()
    if offset is None or not 0 <= offset <= len(raw):
        return "sql"
    before = raw[:offset].decode(errors="ignore")
    return f"sql:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def refused(
    code: str, message: Text, *, sql: str, at: int | None = None, hint: Text, **more: Any
) -> BadInput:
    """Make the error for SQL that is understood and not allowed."""
    return BadInput(code, message, field=place(sql, at), hint=hint, **more)


def unknown_table(name: str, known: list[str], sql: str, at: int | None) -> BadInput:
    """Make the error for a table that does not exist; files and addresses get a word of their own."""
    near = nearest(name.casefold(), known)
    if re.search(r"[./:\\*]", name):
        hint = Text(
            "Files and addresses cannot be read. Import the data instead.", "不能读取文件或网址，请改用导入。"
        )
    elif near:
        hint = Text("Did you mean {near}?", "是不是想写 {near}？")
    else:
        hint = Text("SHOW TABLES lists them.", "可用 SHOW TABLES 列出所有表。")
    return BadInput(
        "sql_no_such_table",
        Text("There is no table named {name}.", "没有名为 {name} 的表。"),
        field=place(sql, at),
        got=name,
        expected=known,
        hint=hint,
        name=shorten(name, 60),
        near=near,
    )


def out_of_memory(memory_mb: int) -> TooLarge:
    """Make the error for a query that needs more memory than it may take."""
    return TooLarge(
        "sql_out_of_memory",
        Text("The query needs more than {memory} MB of memory.", "该查询所需内存超过 {memory} MB。"),
        field="sql",
        hint=_LESS,
        memory=memory_mb,
    )


def engine_failed(why: str | Text) -> Unavailable:
    """Make the error for an engine that does not work any more."""
    return Unavailable(
        "sql_engine_failed",
        Text("The SQL engine gave up: {why}", "SQL 引擎异常：{why}"),
        field="sql",
        why=why,
    )


def not_understood() -> Unavailable:
    """Make the error for a process that says what makes no sense."""
    return engine_failed(Text("its process answers what makes no sense", "其进程的应答无法识别"))


def ended(signal: str, memory_mb: int) -> Unavailable:
    """Make the error for a process that ended in the middle of a query."""
    return Unavailable(
        "sql_process_ended",
        Text(
            "The process that ran the query was ended ({signal}), as a rule because it needed more memory than there is; "
            "it may take {memory} MB.",
            "执行该查询的进程已终止（{signal}），通常是所需内存超过可用内存；单个查询上限为 {memory} MB。",
        ),
        field="sql",
        hint=_LESS,
        signal=signal,
        memory=memory_mb,
    )


def too_slow(seconds: float) -> Unavailable:
    """Make the error for a query whose time is over."""
    return Unavailable(
        "sql_too_slow",
        Text("The query took more than {seconds:g} seconds.", "查询超过 {seconds:g} 秒。"),
        field="sql",
        hint=Text(
            "Name a shorter period in WHERE, or raise TIDEWHEEL_SQL_TIMEOUT_SECONDS.",
            "请在 WHERE 中缩短时间段，或调大 TIDEWHEEL_SQL_TIMEOUT_SECONDS。",
        ),
        seconds=seconds,
    )


def too_large(most: int) -> TooLarge:
    """Make the error for an answer of more bytes than that."""
    return TooLarge(
        "sql_answer_too_large",
        Text("The answer, or a row of it, is larger than {most} MiB.", "查询结果或其中一行超过 {most} MiB。"),
        field="sql",
        expected=f"<= {most >> 20} MiB",
        hint=Text(
            "Ask for fewer columns or shorter values, or take the answer as a file.",
            "请减少列或缩短取值，也可将结果导出为文件。",
        ),
        most=most >> 20,
    )


def from_duckdb(error: Exception, sql: str, *, before: int = 0, memory_mb: int = 0) -> TidewheelError:
    """Turn an error of DuckDB into ours, with its own words. ``before``: bytes put before the text."""
    kind = type(error).__name__
    said, offset, candidates = _read(str(error))
    if kind == "OutOfMemoryException" or _REFUSED.match(said):
        return out_of_memory(memory_mb)
    if kind in {"FatalException", "InternalException"}:
        return engine_failed(said)
    if kind == "PermissionException":
        return refused(
            "sql_not_allowed",
            Text("This is not allowed: {why}", "不允许：{why}"),
            sql=sql,
            hint=Text("SQL reads the tables of this project only.", "SQL 只能读取本项目的表。"),
            why=said,
        )
    where = place(sql, None if offset is None else offset - before)
    message, hint, values = worded(said, candidates, sql)
    return BadInput("sql_wrong", message, field=where, hint=hint, **values)


def _read(text: str) -> tuple[str, int | None, list[str]]:
    """Return what DuckDB says, the byte it points at, and the names it proposes."""
    words = _OURS.sub("", text, count=1)
    offset: int | None = None
    candidates: list[str] = []
    if words.startswith("{"):
        try:
            parts = json.loads(words)
        except ValueError:
            parts = {"exception_message": words}
        words = str(parts.get("exception_message", words))
        if str(parts.get("position", "")).isdigit():
            offset = int(parts["position"])
        candidates = [one for one in str(parts.get("candidates", "")).split(",") if one]
    words = _LINE.sub("", words).strip()
    head, mark, rest = words.partition("\nCandidate bindings: ")
    if mark:
        words, candidates = head, candidates or re.findall(r'"([^"]+)"', rest)
    head, mark, rest = words.partition("\nDid you mean ")
    if mark:
        words, candidates = head, candidates or re.findall(r'"([^"]+)"', rest)
    return shorten(words.strip(), 500), offset, candidates[:5]
