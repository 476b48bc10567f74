"""Tables of a database: MySQL, MariaDB, PostgreSQL, Oracle, SQL Server.

With a cursor column (a time of change, or a number that grows) only rows that came or changed since are read, in
the order (cursor, key). A page never ends between rows with the same cursor unless a key column tells them apart.
For transactions that were committed late, each run begins ``late_minutes`` before the newest row; where the cursor is a
number, the numbers that were passed over are looked for again. Rows without a cursor are not read, and each run says how
many there are. Without a cursor column every run reads the whole table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    and_,
    column,
    create_engine,
    exc,
    func,
    inspect,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy import (
    Table as SqlTable,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import FromClause, Select

from tidewheel.collect.files.readers import Row, Table
from tidewheel.collect.pull.contract import SECRET, Batch, Connector, Cursor, Found, Place, World, zh
from tidewheel.collect.pull.extras import library
from tidewheel.collect.pull.gaps import gaps_after
from tidewheel.collect.pull.marks import mark_of, moment_of, value_of
from tidewheel.collect.pull.rows import table_of_rows
from tidewheel.collect.times import zone_of
from tidewheel.core.errors import BadInput, TidewheelError, Unavailable, unknown
from tidewheel.core.text import Text

PAGE: Final = 5_000
MOST_TIED: Final = 100_000
"""Most rows with one cursor that are read together."""
SAMPLE_ROWS: Final = 20
SHOWN: Final = 30
TIMEOUT_SECONDS: Final = 15

# system: SQLAlchemy's name, the driver's module, the extra that brings it, port, how the driver names its time limit
SYSTEMS: Final[dict[str, tuple[str, str, str, int, str | None]]] = {
    "mysql": ("mysql+pymysql", "pymysql", "mysql", 3306, "connect_timeout"),
    "postgresql": ("postgresql+psycopg", "psycopg", "postgres", 5432, "connect_timeout"),
    "oracle": ("oracle+oracledb", "oracledb", "oracle", 1521, "tcp_connect_timeout"),
    "sqlserver": ("mssql+pymssql", "pymssql", "sqlserver", 1433, "login_timeout"),
}
_REFUSED: Final = (
    "1045",
    "28P01",
    "28000",
    "password authentication",
    "ORA-01017",
    "Login failed",
    "18456",
)
_COLON: Final = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")
"""A colon that SQLAlchemy would take for the mark of a parameter."""
_NO_DATABASE: Final = ("1044", "1049", "3D000", "does not exist", "ORA-12514", "ORA-12505", "4060")


class SqlPlace(Place):
    """A database and what is read of it."""

    system: Annotated[
        Literal["mysql", "postgresql", "oracle", "sqlserver"],
        Field(
            description="Kind of database; mysql is MariaDB too",
            json_schema_extra=zh("数据库类型，mysql 也包括 MariaDB"),
        ),
    ]
    host: Annotated[
        str, Field(min_length=1, max_length=253, description="Host", json_schema_extra=zh("主机"))
    ]
    port: Annotated[
        int | None,
        Field(
            ge=1,
            le=65535,
            description="Port; by default the system's own",
            json_schema_extra=zh("端口，留空用默认端口"),
        ),
    ] = None
    database: Annotated[
        str,
        Field(
            min_length=1,
            max_length=128,
            description="Database; the service name of Oracle",
            json_schema_extra=zh("数据库名；Oracle 填服务名"),
        ),
    ]
    user: Annotated[
        str,
        Field(
            min_length=1,
            max_length=128,
            description="User; reading rights are enough",
            json_schema_extra=zh("用户名，只需读取权限"),
        ),
    ]
    password: Annotated[
        str, Field(max_length=500, description="Password", json_schema_extra=zh("密码") | SECRET)
    ] = ""
    encrypted: Annotated[
        bool,
        Field(
            description="Connect with TLS (MySQL, PostgreSQL)",
            json_schema_extra=zh("使用 TLS 加密连接（MySQL、PostgreSQL）"),
        ),
    ] = False
    table: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Table or view, with its schema if needed: sales.orders",
            json_schema_extra=zh("表或视图，需要时带模式名，如 sales.orders"),
        ),
    ] = None
    query: Annotated[
        str | None,
        Field(
            max_length=20_000,
            description="SELECT to read instead of a table",
            json_schema_extra=zh("用 SELECT 查询代替整张表") | {"lines": True},
        ),
    ] = None
    cursor: Annotated[
        str | None,
        Field(
            max_length=128,
            description="Column that grows when a row comes or changes; empty: read all each time",
            json_schema_extra=zh("新增或修改时会变大的列；留空则每次全部读取"),
        ),
    ] = None
    key: Annotated[
        str | None,
        Field(
            max_length=128,
            description="Column that tells rows with the same cursor apart",
            json_schema_extra=zh("用于区分同一游标值各行的列"),
        ),
    ] = None
    late_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=44_640,
            description="How far before the newest row each run begins",
            json_schema_extra=zh("每次从最新一行往前多少分钟开始读"),
        ),
    ] = 10

    @model_validator(mode="after")
    def _one(self) -> SqlPlace:
        if self.table and self.query:
            raise ValueError("name a table or a query, not both")
        if self.query is not None:
            words = self.query.strip().rstrip(";").lower()
            if not words.startswith(("select", "with")) or ";" in words:
                raise ValueError("the query must be one SELECT")
        return self


@dataclass(frozen=True, slots=True)
class _Source:
    """What is selected from, with its cursor and key columns."""

    rows: FromClause
    cursor: Any
    key: Any
    label: str


class Sql(Connector):
    """Reads rows with SELECT and nothing else."""

    name: ClassVar[str] = "sql"
    title: ClassVar[Text] = Text("SQL database", "SQL 数据库")
    Place = SqlPlace

    def check(self, place: SqlPlace, world: World) -> Text:  # noqa: ARG002
        """Connect, and where a table is named, look at its columns."""
        with _connected(place) as connection:
            if not place.table and not place.query:
                return Text("Connected. Choose a table.", "连接成功，请选择数据表。")
            source = _source(connection, place)
            count = len(source.rows.c)
            empty = _unmarked(connection, source)
        en, zh = (
            (f" {empty.describe('en')['message']}", empty.describe("zh")["message"]) if empty else ("", "")
        )
        return Text(
            f"Connected. {source.label} has {count} columns.{en}",
            f"连接成功，{source.label} 有 {count} 列。{zh}",
        )

    def discover(self, place: SqlPlace, world: World) -> list[Found]:
        """Return the tables and views, the first ones with rows; of a query its rows."""
        with _connected(place) as connection:
            if place.query or place.table:
                return [_found(connection, place, place.table or "query", {}, shown=True)]
            look = inspect(connection)
            names = sorted(look.get_table_names()) + sorted(look.get_view_names())
            found = []
            for number, name in enumerate(names[:500]):
                world.pause()
                guess = _guess(look.get_columns(name), look.get_pk_constraint(name)) if number < SHOWN else {}
                settings = {"table": name, **guess}
                found.append(_found(connection, place, name, settings, shown=number < SHOWN))
            return found

    def read(self, place: SqlPlace, cursor: Cursor, world: World) -> Generator[Batch, bool, None]:
        """Yield pages of rows in the order (cursor, key)."""
        with _connected(place) as connection:
            source = _source(connection, place)
            if source.cursor is None:
                yield from _whole(connection, source, world)
                return
            newest, missed = cursor.get("after"), cursor.get("missed") or []
            where = _begin(source, value_of(newest), place.late_minutes)
            if missed:
                where = or_(source.cursor.in_(missed), where)
            while where is not None:
                world.pause()
                rows, where = _page(connection, source, where)
                if not rows:
                    break
                marks = [row[source.cursor.name] for row in rows]
                missed, at = gaps_after(value_of(newest), missed, marks), marks[-1]
                if newest is None or not _before(at, value_of(newest)):
                    newest = mark_of(at)
                moment = moment_of(at, world.zone)
                reached = {"after": newest} | ({"missed": missed} if missed else {})
                yield Batch(f"{source.label} … {at}", _opener(rows, source), reached, moment, moment)
            if empty := _unmarked(connection, source):
                yield Batch(source.label, _refusing(empty), {}, apart=True)

    def back(self, cursor: Cursor, moment: int, zone: str) -> Cursor:
        """Go back to a time where the cursor is one; a number cannot be turned back to a time."""
        at = value_of(cursor.get("after"))
        if not isinstance(at, date):
            return {}
        local = datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone_of(zone))
        if not isinstance(at, datetime):
            return {"after": mark_of(local.date())}
        return {"after": mark_of(local if at.tzinfo else local.replace(tzinfo=None))}


def _before(one: Any, other: Any) -> bool:
    try:
        return bool(one < other)
    except TypeError:
        return False


def _begin(source: _Source, after: Any, late_minutes: int) -> Any:
    if after is None:
        return source.cursor.is_not(None)
    if isinstance(after, datetime):
        return source.cursor >= after - timedelta(minutes=late_minutes)
    if isinstance(after, date):
        return source.cursor >= after - timedelta(days=-(-late_minutes // 1440))
    return source.cursor >= after


def _page(connection: Connection, source: _Source, where: Any) -> tuple[list[dict[str, Any]], Any]:
    """Return rows of one page, and where the next begins; None after the last one.

    Rows with one cursor stay together, as the lines of an order must, unless there are too many of them.
    """
    order = [source.cursor] if source.key is None else [source.cursor, source.key]
    rows = _rows(connection, select(source.rows).where(where).order_by(*order).limit(PAGE))
    if len(rows) < PAGE:
        return rows, None
    last = rows[-1][source.cursor.name]
    tied = source.cursor == last
    with _told(), _reading(connection):
        count = connection.scalar(select(func.count()).select_from(source.rows).where(tied)) or 0
    if count <= MOST_TIED:
        head = [row for row in rows if row[source.cursor.name] != last]
        tail = _rows(connection, select(source.rows).where(tied).order_by(*order))
        rest = rows[len(head) :]
        return head + (tail if len(tail) >= len(rest) else rest), source.cursor > last
    if source.key is None:
        raise BadInput(
            "too_many_tied",
            Text("{count} rows have the same {name}.", "有 {count} 行的 {name} 相同。"),
            field="key",
            got=str(last),
            hint=Text("Name a key column that tells them apart.", "请指定能区分这些行的主键列。"),
            count=count,
            name=source.cursor.name,
        )
    return rows, or_(source.cursor > last, and_(tied, source.key > rows[-1][source.key.name]))


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    with _told(), _reading(connection):
        return [dict(row) for row in connection.execute(query).mappings()]


def _unmarked(connection: Connection, source: _Source) -> BadInput | None:
    """Say that there are rows without a cursor; they would never be read."""
    if source.cursor is None:
        return None
    some = select(literal(1)).select_from(source.rows).where(source.cursor.is_(None)).limit(MOST_TIED)
    with _told(), _reading(connection):
        count = connection.scalar(select(func.count()).select_from(some.subquery())) or 0
    if not count:
        return None
    name = source.cursor.name
    return BadInput(
        "empty_cursor",
        Text("{count} rows have no {name} and are not read.", "有 {count} 行的 {name} 为空，不会被读取。"),
        field="cursor",
        got=count,
        hint=Text(
            "Read a query that fills it, such as SELECT *, coalesce({name}, created_at) AS changed_at …, or leaves them out.",
            "请改用查询，把它补上（如 SELECT *, coalesce({name}, created_at) AS changed_at …），或排除这些行。",
        ),
        count=count,
        name=name,
    )


def _refusing(error: BadInput) -> Callable[[], Table]:
    def refuse() -> Table:
        raise error

    return refuse


def _whole(connection: Connection, source: _Source, world: World) -> Generator[Batch, bool, None]:
    query = select(source.rows)
    if source.key is not None:
        query = query.order_by(source.key)
    with _told(), _reading(connection):
        answer = connection.execution_options(stream_results=True).execute(query).mappings()
        number = 0
        for part in answer.partitions(PAGE * 4):
            world.pause()
            rows = [dict(row) for row in part]
            number += len(rows)
            yield Batch(f"{source.label} {number:,}", _opener(rows, source), {})


def _opener(rows: list[dict[str, Any]], source: _Source) -> Any:
    names = [name for name in (source.cursor, source.key) if name is not None]

    def row(number: int, cells: dict[str, Any]) -> Row:
        key = "|".join(str(mark_of(cells[name.name])) for name in names) if names else None
        return Row(number, {name: cell_of(value) for name, value in cells.items()}, key)

    table = table_of_rows([row(number, cells) for number, cells in enumerate(rows, 1)], source.rows.c.keys())
    return lambda: table


def cell_of(value: Any) -> Any:
    """Return a value of a database as a cell: dates that are none become empty, bytes text or hexadecimal."""
    if isinstance(value, str):
        return None if value.startswith("0000-00-00") else value
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.hex()
    if isinstance(value, UUID | timedelta):
        return str(value)
    return value


def _source(connection: Connection, place: SqlPlace) -> _Source:
    rows: FromClause
    if place.query:
        query = _COLON.sub(r"\\:", place.query.strip().rstrip(";")) + "\n"
        with _told(), _reading(connection):
            answer = connection.execute(text(f"SELECT * FROM (\n{query}) t WHERE 1 = 0"))  # noqa: S608 - the owner's own query, run with the owner's rights
            names = list(answer.keys())
        rows, label = text(query).columns(*[column(name) for name in names]).subquery("t"), "query"
    elif place.table:
        schema, _, name = place.table.rpartition(".")
        with _told(), _reading(connection):
            look = inspect(connection)
            known = look.get_table_names(schema or None) + look.get_view_names(schema or None)
            if name not in known:
                raise unknown(Text("table", "数据表"), name, known, field="table")
            rows, label = (
                SqlTable(name, MetaData(), schema=schema or None, autoload_with=connection),
                place.table,
            )
    else:
        raise BadInput(
            "no_table",
            Text("Say which table is to be read.", "请选择要读取的数据表。"),
            field="table",
            hint=Text(
                "Choose one of those that discovery shows, or write a query.",
                "请从发现的数据表中选择，或填写查询。",
            ),
        )
    return _Source(rows, _column(rows, place.cursor, "cursor"), _column(rows, place.key, "key"), label)


def _column(rows: FromClause, name: str | None, field: str) -> Any:
    if not name:
        return None
    if name not in rows.c:
        raise unknown(Text("column", "列"), name, rows.c.keys(), field=field)
    return rows.c[name]


def _found(
    connection: Connection, place: SqlPlace, name: str, settings: dict[str, Any], *, shown: bool
) -> Found:
    if not shown:
        return Found(name, settings)
    try:
        source = _source(connection, place.model_copy(update=settings))
        rows = _rows(connection, select(source.rows).limit(SAMPLE_ROWS))
    except TidewheelError as error:
        return Found(name, settings, note=error.code)
    return Found(
        name,
        settings,
        [
            Row(number, {key: cell_of(value) for key, value in row.items()})
            for number, row in enumerate(rows, 1)
        ],
    )


def _guess(columns: list[Any], primary: Any) -> dict[str, str]:
    """Guess the cursor by its name, and the key, which is the primary one."""
    names = {str(one["name"]).lower(): str(one["name"]) for one in columns}
    keys = [str(name) for name in primary.get("constrained_columns") or []]
    found = {"key": keys[0]} if len(keys) == 1 else {}
    for word in (
        "updated_at",
        "update_time",
        "modified_at",
        "gmt_modified",
        "modify_time",
        "last_modified",
        "updated",
    ):
        if word in names:
            return found | {"cursor": names[word]}
    numeric = {str(one["name"]) for one in columns if str(one["type"]).upper().startswith(("INT", "BIGINT"))}
    return {"cursor": keys[0]} if len(keys) == 1 and keys[0] in numeric else found


def url_of(place: SqlPlace) -> URL:
    """Return SQLAlchemy's address of a place."""
    dialect, _, _, port, _ = SYSTEMS[place.system]
    query = {"charset": "utf8mb4"} if place.system == "mysql" else {}
    database: str | None = place.database
    if place.system == "oracle":
        query, database = {"service_name": place.database}, None
    return URL.create(dialect, place.user, place.password, place.host, place.port or port, database, query)


def _engine(place: SqlPlace) -> Engine:
    _, module, extra, _, limit = SYSTEMS[place.system]
    library(module, extra)
    options: dict[str, Any] = {limit: TIMEOUT_SECONDS} if limit else {}
    if place.encrypted and place.system == "mysql":
        options["ssl"] = {"check_hostname": True}
    if place.encrypted and place.system == "postgresql":
        options["sslmode"] = "require"
    return create_engine(url_of(place), poolclass=NullPool, connect_args=options)


@contextmanager
def _connected(place: SqlPlace) -> Iterator[Connection]:
    engine = _engine(place)
    try:
        with _told(place):
            connection = engine.connect()
        with connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _reading(connection: Connection) -> Iterator[None]:
    """Leave no transaction open: what is committed meanwhile is seen by the next page."""
    try:
        yield
    finally:
        connection.rollback()


@contextmanager
def _told(place: SqlPlace | None = None) -> Iterator[None]:
    """Tell what the database answered in plain words, without what was sent to it."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _plain(error, place) from None
    except exc.SQLAlchemyError as error:
        raise BadInput(
            "query_refused",
            Text("The database cannot do this: {why}.", "数据库无法执行：{why}。"),
            field="query",
            why=type(error).__name__,
        ) from None


def _plain(error: exc.DBAPIError, place: SqlPlace | None) -> TidewheelError:
    said = " ".join(str(error.orig).split())[:300]
    if place is not None and place.password:
        said = said.replace(place.password, "***")
    if place is not None and any(word in said for word in _REFUSED):
        return BadInput(
            "sign_in_refused",
            Text("{host} refuses this user and password.", "{host} 拒绝了该用户名和密码。"),
            field="user",
            got=place.user,
            hint=Text("Check user, password and key.", "请检查用户名、密码和私钥。"),
            host=place.host,
        )
    if place is not None and any(word in said for word in _NO_DATABASE):
        return BadInput(
            "no_such_database",
            Text("There is no database {got} on {host}.", "{host} 上没有数据库 {got}。"),
            field="database",
            got=place.database,
            hint=Text("Mend the name, or ask for the right to use it.", "请修改名称，或申请访问权限。"),
            host=place.host,
            name=place.database,
        )
    if place is not None:
        return Unavailable(
            "host_unreachable",
            Text("{host}:{port} does not answer ({why}).", "{host}:{port} 没有响应（{why}）。"),
            field="host",
            got=place.host,
            hint=Text("Check host, port and firewall.", "请检查主机、端口和防火墙。"),
            host=place.host,
            port=place.port or SYSTEMS[place.system][3],
            why=type(error.orig).__name__,
        )
    if error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError):
        return Unavailable(
            "database_gone",
            Text("The database stopped answering: {why}.", "数据库中断响应：{why}。"),
            hint=Text("It is tried again by itself.", "系统会自动重试。"),
            why=said,
        )
    return BadInput(
        "query_refused",
        Text("The database cannot do this: {why}.", "数据库无法执行：{why}。"),
        field="query",
        got=said,
        hint=Text(
            "Mend the query, or ask for the right to read the table.", "请修改查询，或申请读取该表的权限。"
        ),
        why=said,
    )
