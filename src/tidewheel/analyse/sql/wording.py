"""What DuckDB says is wrong, in our words: who the offender is and what to do; what is rare is quoted as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tidewheel.core.errors import shorten
from tidewheel.core.text import Text

Worded = tuple[Text, Text | None, dict[str, str]]
"""A sentence, what to do, and what fills their marks."""

_NEAR: Final = Text("Did you mean {near}?", "是不是想写 {near}？")
_COLUMNS: Final = Text(
    "DESCRIBE events lists the columns of a table; text stands in single quotes: 'live'.",
    "可用 DESCRIBE events 列出表的列；文本请用单引号：'live'。",
)
_QUOTES: Final = Text(
    "Double quotes are for names of columns. For text write '{name}' in single quotes.",
    "双引号用于列名；如要写文本，请用单引号：'{name}'。",
)
_NO_COLUMN: Final = Text("There is no column {name}.", "没有名为 {name} 的列。")
_TAKES: Final = Text("It takes {near}.", "可用形式：{near}。")
_CONVERT: Final = Text(
    "Convert one of them first, for example CAST(x AS DOUBLE) or CAST(x AS VARCHAR).",
    "请先转换其中一个，例如 CAST(x AS DOUBLE) 或 CAST(x AS VARCHAR)。",
)
_NO_FIT: Final = Text("{function} does not take {types}.", "{function} 不接受 {types}。")
_TRY: Final = Text(
    "TRY_CAST(x AS {type}) makes NULL of what is none; text is compared with text: '1'.",
    "可用 TRY_CAST(x AS {type})，无法转换的得 NULL；与文本比较请写文本：'1'。",
)
_TIMES: Final = Text(
    "Write it as 2026-11-21 or 2026-11-21 10:00:00.", "请写成 2026-11-21 或 2026-11-21 10:00:00。"
)

_RULES: Final[Sequence[tuple[str, Text, Text | None]]] = (
    (
        r'Referenced column "(?P<name>.+)" was not found because the FROM clause is missing',
        Text("There is no column {name}: the query has no FROM.", "没有名为 {name} 的列：查询没有 FROM。"),
        _COLUMNS,
    ),
    (r'Referenced column "(?P<name>.+)" not found in FROM clause', _NO_COLUMN, _COLUMNS),
    (r'Column "(?P<name>.+)" in \w+ list not found in FROM clause', _NO_COLUMN, _COLUMNS),
    (
        r'(?:Values list|Table) "(?P<table>.+)" does not have a column named "(?P<name>.+)"',
        Text("{table} has no column {name}.", "{table} 中没有名为 {name} 的列。"),
        _COLUMNS,
    ),
    (
        r'Referenced table "(?P<name>.+?)" not found!(?:\s*Candidate tables?: (?P<near>.+))?',
        Text("{name} is not among the tables after FROM.", "FROM 之后没有名为 {name} 的表。"),
        Text(
            "A table that was renamed with AS is called by its new name: {near}",
            "用 AS 改名的表须用新名称：{near}",
        ),
    ),
    (
        r'Ambiguous reference to column name "(?P<name>.+?)" \(use: (?P<near>.+)\)',
        Text("More than one table has a column {name}.", "不止一个表有名为 {name} 的列。"),
        Text("Say which: {near}", "请写明是哪一个：{near}"),
    ),
    (
        r'Ambiguous reference to table "(?P<name>.+?)"',
        Text("Two tables are called {name}.", "有两个表都叫 {name}。"),
        Text("Name one of them with AS.", "请用 AS 为其中一个另起名称。"),
    ),
    (
        r'column "?(?P<name>.+?)"? must appear in the GROUP BY clause',
        Text("{name} is neither grouped by nor aggregated.", "{name} 既未分组，也未聚合。"),
        Text(
            "Add it to GROUP BY, or write any_value({name}).",
            "请将其加入 GROUP BY，或写成 any_value({name})。",
        ),
    ),
    (
        r"(?:WHERE|GROUP BY) clause cannot contain aggregates",
        Text(
            "WHERE and GROUP BY cannot hold count, sum and the like.",
            "WHERE 与 GROUP BY 中不能使用 count、sum 等聚合。",
        ),
        Text("Put a condition on them into HAVING.", "对聚合结果的条件请写在 HAVING 中。"),
    ),
    (
        r"aggregate function calls cannot be nested",
        Text("An aggregate cannot hold another one.", "聚合函数不能嵌套。"),
        Text("Work out the inner one in a query before, with WITH.", "请先用 WITH 算出内层聚合。"),
    ),
    (
        r"(?:\w+ )?Function with name (?P<name>\S+) does not exist",
        Text("There is no function {name}.", "没有名为 {name} 的函数。"),
        Text("The functions are those of DuckDB.", "可用的是 DuckDB 的函数。"),
    ),
    (
        r"No function matches the given name and argument types '(?P<function>.+?)\((?P<types>.*)\)'",
        _NO_FIT,
        _CONVERT,
    ),
    (
        r'Could not choose a best candidate function for the function call "(?P<function>.+?)\((?P<types>.*)\)"',
        Text("What {function} is to do with {types} is not clear.", "无法确定 {function} 如何处理 {types}。"),
        _CONVERT,
    ),
    (
        r"(?:Failed to cast value: )?Could not convert string '(?P<value>.*)' to (?P<type>\w+) when casting .* column (?P<name>.+)",
        Text(
            "The text {value} in {name} cannot be read as {type}.",
            "{name} 中的文本 {value} 无法转换为 {type}。",
        ),
        _TRY,
    ),
    (
        r"(?:Failed to cast value: )?Could not convert string '(?P<value>.*)' to (?P<type>\w+)",
        Text("The text {value} cannot be read as {type}.", "文本 {value} 无法转换为 {type}。"),
        _TRY,
    ),
    (
        r'invalid (?:timestamp|date) field format: "(?P<value>.*?)"',
        Text("{value} is no time.", "{value} 不是时间。"),
        _TIMES,
    ),
    (
        r'(?:timestamp|date)(?:/time)? field value out of range: "(?P<value>.*?)"',
        Text("{value} is no time.", "{value} 不是时间。"),
        _TIMES,
    ),
    (
        r"Type (?P<type>\w+) with value (?P<value>\S+) can't be cast because .* destination type (?P<to>\w+)",
        Text("{value} does not fit into {to}.", "{value} 超出 {to} 的范围。"),
        Text("Take BIGINT or DOUBLE.", "请改用 BIGINT 或 DOUBLE。"),
    ),
    (
        r"Overflow in (?P<what>\w+) of \w+ \((?P<value>.+)\)",
        Text("The result of {value} is too large.", "{value} 的结果过大。"),
        Text("Convert to DOUBLE or HUGEINT first.", "请先转换为 DOUBLE 或 HUGEINT。"),
    ),
    (
        r"Division by zero in expression \((?P<value>.+?)\)\.",
        Text("{value} divides by zero.", "{value} 除以了零。"),
        Text(
            "Write nullif(x, 0) for the divisor: the result is NULL then.",
            "请把除数写成 nullif(x, 0)，此时结果为 NULL。",
        ),
    ),
    (
        r'syntax error at or near "(?P<name>.*)"',
        Text("The query cannot be understood at {name}.", "查询在 {name} 处无法理解。"),
        Text(
            "Look at this word, before it and after it: a comma too many, a word that is misspelt or missing.",
            "请检查此处及其前后：是否多了逗号、拼错或漏写了词。",
        ),
    ),
    (
        r"SELECT clause without selection list",
        Text("SELECT names nothing.", "SELECT 之后没有内容。"),
        Text("Name columns, or write SELECT *.", "请写明列，或写 SELECT *。"),
    ),
    (
        r"unterminated (?:string literal|quoted \w+|quoted string)",
        Text("A quotation mark is not closed.", "引号没有闭合。"),
        Text(
            "Close it; a single quote within text is written twice: 'it''s'.",
            "请补上引号；文本中的单引号写两次：'it''s'。",
        ),
    ),
    (
        r"Set operations can only apply to expressions with the same number of result columns",
        Text("The two sides have different numbers of columns.", "两侧的列数不同。"),
        Text("Select as many columns on both sides of UNION.", "UNION 两侧请选取相同数量的列。"),
    ),
    (
        r"Subquery returns (?P<value>\d+) columns - expected (?P<to>\d+)",
        Text(
            "The query in brackets gives {value} columns, not {to}.",
            "括号内的查询返回 {value} 列，应为 {to} 列。",
        ),
        Text("Select only the column that is compared.", "请只选取用于比较的列。"),
    ),
    (
        r"More than one row returned by a subquery used as an expression",
        Text("A query that stands for one value gave several rows.", "作为单个取值的子查询返回了多行。"),
        Text("Aggregate, add LIMIT 1, or compare with IN.", "请聚合、加 LIMIT 1，或改用 IN 比较。"),
    ),
    (
        r'Could not find key "(?P<name>.+?)" in struct(?:\s*Candidate Entries: (?P<near>.+))?',
        Text("There is no field {name}.", "没有名为 {name} 的字段。"),
        _NEAR,
    ),
    (
        r"Cannot extract field '(?P<name>.+?)' from expression \"(?P<table>.+?)\"",
        Text("{table} has no field {name}.", "{table} 没有字段 {name}。"),
        Text(
            "A list is opened first: FROM events, unnest(items) AS t(g), then g.{name}.",
            "列表须先展开：FROM events, unnest(items) AS t(g)，再写 g.{name}。",
        ),
    ),
    (
        r'(?:extract|date part) specifier "(?P<name>.+?)" not recognized',
        Text("There is no part of a time called {name}.", "时间没有名为 {name} 的部分。"),
        Text(
            "Write year, quarter, month, week, day, hour or minute.",
            "可写 year、quarter、month、week、day、hour 或 minute。",
        ),
    ),
)
_COMPILED: Final = tuple((re.compile(pattern, re.DOTALL), message, hint) for pattern, message, hint in _RULES)
_QUOTED: Final = Text("The SQL engine says: “{why}”", "SQL 引擎的原话：“{why}”")
_TYPES: Final = {
    "BOOL": "BOOLEAN", "INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INTEGER", "INT64": "BIGINT", "INT128": "HUGEINT",
    "INTEGER_LITERAL": "INTEGER", "STRING_LITERAL": "VARCHAR",
}  # fmt: skip
_SIGNATURE: Final = re.compile(r"\n\t(.+?) -> ")


def worded(said: str, near: Sequence[str], sql: str) -> Worded:
    """Return what DuckDB says in our words; ``near``: the names it proposes."""
    for pattern, message, hint in _COMPILED:
        if found := pattern.match(said):
            values = {name: shorten(_plain(one), 60) for name, one in found.groupdict().items() if one}
            return message, _hint(message, hint, values, said, near, sql), _with_near(values, near, said)
    return _QUOTED, _NEAR if near else None, {"why": said, "near": ", ".join(near)}


def _hint(
    message: Text, hint: Text | None, values: dict[str, str], said: str, near: Sequence[str], sql: str
) -> Text | None:
    if hint is _COLUMNS:
        if f'"{values["name"]}"' in sql:
            return _QUOTES
        return _NEAR if near else hint
    if message is _NO_FIT and values["function"].isidentifier() and _SIGNATURE.search(said):
        return _TAKES
    if hint and "{near}" in hint.en and "near" not in values:
        return None
    return _NEAR if near and "function" not in values and "near" not in values else hint


def _with_near(values: dict[str, str], near: Sequence[str], said: str) -> dict[str, str]:
    if "function" in values:
        forms = [one.replace(", /", "") for one in _SIGNATURE.findall(said)]
        return values | {"near": "; ".join(forms[:3])}
    if "near" in values:
        return values | {"near": values["near"].replace(" or ", ", ")}
    return values | {"near": ", ".join(near[:3])}


def _plain(said: str) -> str:
    """Return names without quotes, and types as SQL calls them."""
    return re.sub(r"\w+", lambda word: _TYPES.get(word[0], word[0]), said).replace('"', "").replace("'", "")
