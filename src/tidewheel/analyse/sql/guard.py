"""What SQL may say: one statement that reads this project's tables, and nothing else.

The text is parsed by DuckDB itself and every part of the tree is looked at: tables must be ours or named
by WITH, table functions must make rows out of nothing, and functions that look at the engine, wait or
write are refused. DuckDB runs with files, extensions and settings locked besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from tidewheel.analyse.sql.limits import LONGEST
from tidewheel.analyse.sql.problems import from_duckdb, refused, unknown_table
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

TABLE_FUNCTIONS: Final = frozenset(
    {"range", "generate_series", "unnest", "repeat", "json_each", "json_tree", "pg_timezone_names"}
)
FORBIDDEN: Final = frozenset(
    {
        "current_connection_id", "current_query", "current_query_id", "current_setting", "current_transaction_id",
        "currval", "getenv", "getvariable", "nextval", "pg_sleep", "setval", "sleep_ms", "stats", "txid_current",
        "vector_type", "write_log", "parse_duckdb_log_message", "json_serialize_plan",
    }
)  # fmt: skip
"""Functions that look at the engine, wait, or write."""
_ROWS_FROM: Final = frozenset(
    {
        "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "EMPTY_FROM", "PIVOT",
        "SHOW_REF", "COLUMN_DATA", "DELIM_GET",
    }
)  # fmt: skip
_FROM: Final = frozenset({"from_table", "left", "right", "source"})
_HINT: Final = Text(
    "Write one SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES or EXPLAIN.",
    "请写一条 SELECT、WITH、FROM、VALUES、DESCRIBE、SUMMARIZE、SHOW TABLES 或 EXPLAIN 语句。",
)
_REMARKS: Final = re.compile(r"\A(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_EXPLAIN: Final = re.compile(r"explain\s+(?:analyze\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that may run. ``tables`` are those it names; ``shows`` says that it lists them all."""

    sql: str
    tables: frozenset[str]
    parameters: frozenset[str]
    shows: bool
    explains: bool


def check(sql: str, tables: list[str]) -> Checked:
    """Return the one statement in a text, or raise BadInput with the place of what is wrong."""
    if len(sql) > LONGEST:
        raise refused(
            "sql_too_long",
            Text("The query has more than {most} characters.", "查询超过 {most} 个字符。"),
            sql=sql,
            hint=Text("Bind long lists as a parameter.", "较长的列表请作为参数传入。"),
            most=LONGEST,
        )
    try:
        found = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise (_too_deep(sql) if "depth limit" in str(error) else _syntax(error, sql)) from None
    if len(found) != 1:
        raise _not_one(sql, [statement.query for statement in found])
    statement = found[0]
    text = _REMARKS.sub("", statement.query, count=1).strip().rstrip(";").rstrip()
    start = max(sql.find(text), 0)
    kind = statement.type.name
    explained = _EXPLAIN.match(text) if kind == "EXPLAIN" else None
    inner = text[explained.end() :] if explained else text
    if kind not in {"SELECT", "EXPLAIN"} or (kind == "EXPLAIN" and not explained):
        raise _only_reading(kind, sql, start)
    tree = _tree(inner, sql, start + len(text) - len(inner))
    return _walk(
        tree,
        text,
        sql,
        len(sql[: start + len(text) - len(inner)].encode()),
        tables,
        frozenset(statement.named_parameters),
        explains=explained is not None,
    )


def _tree(inner: str, sql: str, start: int) -> dict[str, Any]:
    with duckdb.connect(config={"enable_external_access": False}) as parser:
        try:
            answer = parser.sql(
                "SELECT json_serialize_sql($1, skip_null := true, skip_empty := true)", params=[inner]
            )
            tree: dict[str, Any] = json.loads(answer.to_arrow_table().column(0)[0].as_py())
        except duckdb.Error as error:
            raise from_duckdb(error, sql) from None
        except RecursionError:
            raise _too_deep(sql) from None
    if "depth limit" in tree.get("error_message", ""):
        raise _too_deep(sql)
    if tree.get("error"):
        raise _only_reading(str(tree.get("error_message", "")), sql, start)
    return tree


def _too_deep(sql: str) -> BadInput:
    return refused(
        "sql_too_deep",
        Text("The query is nested too deeply.", "查询嵌套过深。"),
        sql=sql,
        hint=Text("Name the inner parts with WITH.", "请用 WITH 拆分内层查询。"),
    )


def _walk(
    tree: dict[str, Any],
    text: str,
    sql: str,
    before: int,
    tables: list[str],
    parameters: frozenset[str],
    *,
    explains: bool,
) -> Checked:
    nodes = list(_nodes(tree))
    named = {str(one["key"]).casefold() for node in nodes for one in node.get("cte_map", {}).get("map", ())}
    used: set[str] = set()
    shows = False
    for node in nodes:
        kind, at = node.get("type"), _at(node, before)
        if kind == "BASE_TABLE":
            used |= _table(node, named, tables, sql, at)
        elif kind == "TABLE_FUNCTION":
            if (name := _function(node.get("function", {}))) not in TABLE_FUNCTIONS:
                raise _function_refused(name, sql, at)
        elif kind == "SHOW_REF":
            if node.get("show_type") == "SHOW_SPECIAL" or "query" not in node:
                shows = _show(node, sql, at)
        elif node.get("class") == "FUNCTION" or "function_name" in node:
            name = _function(node)
            if name in FORBIDDEN or name.startswith("__"):
                raise _function_refused(name, sql, at)
        elif isinstance(kind, str) and kind.endswith("_QUERY_NODE"):
            raise _only_reading(kind.removesuffix("_QUERY_NODE"), sql, before)
        for key in _FROM & node.keys():
            below = node[key]
            if isinstance(below, dict) and "class" not in below and _strange(str(below.get("type"))):
                raise _only_reading(str(below.get("type")), sql, 0)
    return Checked(text, frozenset(used), parameters, shows, explains)


def _strange(kind: str) -> bool:
    return kind not in _ROWS_FROM and not kind.endswith("_NODE")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a tree, without recursion."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _table(node: dict[str, Any], named: set[str], tables: list[str], sql: str, at: int | None) -> set[str]:
    path = [str(part) for part in node.get("qualified_name", {}).get("path", [node.get("table_name", "")])]
    name = path[-1].casefold()
    if len(path) == 1 and name in named:
        return {name} & set(tables)
    if len(path) > 1 or name not in tables:
        raise unknown_table(".".join(path), tables, sql, at)
    return {name}


def _show(node: dict[str, Any], sql: str, at: int | None) -> bool:
    if str(node.get("table_name", "")).strip('"').casefold() != "tables":
        raise refused(
            "sql_not_allowed",
            Text("Only tables can be shown.", "只能列出表。"),
            sql=sql,
            at=at,
            hint=Text("SHOW TABLES lists them.", "可用 SHOW TABLES 列出所有表。"),
        )
    return True


def _function(node: dict[str, Any]) -> str:
    path = node.get("qualified_name", {}).get("path") or [node.get("function_name", "")]
    return str(path[-1]).casefold()


def _at(node: dict[str, Any], before: int) -> int | None:
    offset = node.get("query_location")
    return before + offset if isinstance(offset, int) and offset < 2**32 else None


def _syntax(error: Exception, sql: str) -> BadInput:
    found = re.search(r"LINE (\d+): (.*)\n( *)\^", str(error))
    wrong = from_duckdb(error, sql)
    assert isinstance(wrong, BadInput)
    wrong.code = "sql_wrong"
    if found:
        wrong.field = f"sql:{found[1]}:{max(1, len(found[3]) - len(f'LINE {found[1]}: ') + 1)}"
    return wrong


def _not_one(sql: str, found: list[str]) -> BadInput:
    if not found:
        return refused("sql_empty", Text("There is no query.", "没有查询语句。"), sql=sql, hint=_HINT)
    second = len(sql[: max(sql.find(found[1].strip()), 0)].encode())
    return refused(
        "sql_one_statement",
        Text("There are {count} statements; one can be run.", "共有 {count} 条语句，每次只能执行一条。"),
        sql=sql,
        at=second,
        hint=Text("Run them one after the other.", "请逐条执行。"),
        count=len(found),
    )


def _only_reading(kind: str, sql: str, start: int) -> BadInput:
    pivot = kind == "MULTI"
    return refused(
        "sql_read_only",
        Text("SQL here only reads: {kind} is not allowed.", "这里的 SQL 只读：不允许 {kind}。"),
        sql=sql,
        at=len(sql[:start].encode()),
        hint=Text("Give PIVOT its values: ON x IN ('a', 'b').", "PIVOT 请写明取值：ON x IN ('a', 'b')。")
        if pivot
        else _HINT,
        kind="PIVOT without IN" if pivot else kind,
    )


def _function_refused(name: str, sql: str, at: int | None) -> BadInput:
    return refused(
        "sql_function_refused",
        Text("The function {name} is not allowed.", "不允许使用函数 {name}。"),
        sql=sql,
        at=at,
        got=name,
        hint=Text(
            "SQL reads the tables of this project only: no files, no addresses, no settings.",
            "SQL 只能读取本项目的表，不能访问文件、网址与设置。",
        ),
        name=name,
    )
