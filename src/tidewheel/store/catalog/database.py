"""One database of definitions and operational state: a SQLite file, or PostgreSQL by URL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from tidewheel.core.clock import Clock, system_clock
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.text import Text

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_461_001
_WRITES = "tidewheel_writes"
_WAITS: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""How long libpq waits for a host that does not answer; a URL may say otherwise."""
_BUSY_SECONDS: Final = 15
"""How long one process waits for another's writing to a SQLite file."""
_PASSING: Final = ("locked", "full", "disk i/o", "unable to open", "readonly")
"""What SQLite says of errors that are the disk's or another writer's, not ours."""


class Catalog:
    """Sessions on the catalog; opening it brings its tables up to date.

    ``with catalog.read() as db`` and ``with catalog.write() as db`` are one transaction each. On SQLite
    writers wait for one another from their first statement on, so that none fails half-way.
    """

    def __init__(self, url: str, clock: Clock = system_clock) -> None:
        self.clock = clock
        self._engine = _engine(url)
        self._reads = sessionmaker(self._engine, expire_on_commit=False)
        self._writes = sessionmaker(self._engine.execution_options(**{_WRITES: True}), expire_on_commit=False)
        try:
            self._migrate()
        except OperationalError as error:
            self._engine.dispose()
            raise _away(make_url(url).render_as_string(hide_password=True)) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads; Unavailable while the database is away."""
        with _told(), self._reads() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that is committed at the end, or undone when it raises; Unavailable as above."""
        with _told(), self._writes.begin() as session:
            yield session

    def check(self) -> None:
        """Raise unless the database answers."""
        with _told(), self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def connect(self) -> Connection:
        """Return a bare connection, for migrations and their tests."""
        return self._engine.execution_options(**{_WRITES: True}).connect()

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            if _newest(connection):
                return
        from alembic import command  # noqa: PLC0415 - takes a fifth of a second, and most openings need no change
        from alembic.config import Config  # noqa: PLC0415 - as above

        with self.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _newest(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    newest = max(file.name[1:5] for file in (_MIGRATIONS / "versions").glob("v*.py"))
    return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [newest]


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the driver says of a database that is away into an error that may pass."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        said = str(getattr(error, "orig", None) or error).lower()
        file = type(getattr(error, "orig", None)).__module__ == "sqlite3"
        if file and not any(word in said for word in _PASSING):
            raise
        raise _away() from error


def _away(got: str | None = None) -> Unavailable:
    error = Unavailable(
        "catalog_unavailable",
        Text("The catalog database cannot be reached.", "无法连接元数据库。"),
        got=got,
        hint=Text(
            "Check TIDEWHEEL_CATALOG_URL and that the database runs.",
            "请检查 TIDEWHEEL_CATALOG_URL，并确认数据库已启动。",
        ),
    )
    error.retry_after_seconds = 5.0
    return error


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        remote = parsed.get_backend_name() == "postgresql"
        waits = {name: value for name, value in _WAITS.items() if name not in parsed.query} if remote else {}
        engine = create_engine(
            parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", connect_args=waits
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadInput(
            "bad_catalog_url",
            Text("The catalog URL cannot be used: {why}", "元数据库地址无法使用：{why}"),
            field="TIDEWHEEL_CATALOG_URL",
            expected="sqlite:////path/catalog.sqlite | postgresql://user:password@host/database",
            hint=Text(
                "For PostgreSQL, install tidewheel[postgres].", "使用 PostgreSQL 请安装 tidewheel[postgres]。"
            ),
            why=type(error).__name__,
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}").close()
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _write_ahead(connection: Any) -> None:
    """Turn on the write-ahead log. SQLite refuses at once, without its busy timeout, while another process turns it on."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except connection.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


__all__ = ["Catalog", "Session"]
