"""Whatever a query does, it does in a process of its own: bounded, ended in time, and replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests import facts, sql_processes
from tests.facts import DAY, START, Fact
from tidewheel.analyse.executor import Stop
from tidewheel.analyse.sql.engine import Engine, Query, Rows
from tidewheel.analyse.sql.limits import Limits
from tidewheel.analyse.sql.tables import Lake
from tidewheel.core.errors import Cancelled, TidewheelError, TooLarge, Unavailable
from tidewheel.core.period import Calendar
from tidewheel.core.text import Language

LIMITS = Limits(60, 256, 1024, 2)
ENDLESS = "select count(*) from range(1000000000000) a where a.range % 7 = 3"
IDLE = 300
"""More MiB than a process holds that has nothing to do."""


@pytest.fixture(scope="module")
def lake() -> Lake:
    made = [
        Fact("page_view", START + n * DAY // 500, f"user:u{n % 50}", n, {"channel": f"c{n % 3}"})
        for n in range(5000)
    ]
    return Lake(facts.view([made]).snapshot(), Calendar(), lambda _: pa.table({}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "spill")
    yield made
    made.close()
    sql_processes.wait_until_gone(sql_processes.of())
    assert not list((tmp_path / "spill").glob("*"))


def ask(engine: Engine, lake: Lake, sql: str, limits: Limits = LIMITS, stop: Stop | None = None) -> Rows:
    return engine.first_rows(lake, Query(sql), limits, 100, stop)


HUGE = {
    "a number from a row": "select repeat(channel, id.length() * 60000000) from events limit 3",
    "a number nobody wrote": "select length(repeat('x', n)) from (select (range + 1) * 1000000000 n from range(3))",
    "a number in the text": "select repeat('x', 4000000000)",
    "joined text": "select length(string_agg(repeat(id, 5000), '')) from events",
    "a list": "select len(list(repeat(id, 5000))) from events",
    "lists of lists": "select array_agg(a) from (select array_agg(repeat(id, 3000)) a from events group by channel)",
    "a cross join": "select max(length(a.id || repeat(b.id, 100000))) from events a, events b",
    "filling": "select lpad(name, 2000000000, 'y') from events limit 2",
    "a longer list": "select len(list_resize([1], 2000000000))",
    "doubling": "with recursive n as (select 'x' v union all select v || v from n) select max(length(v)) from n",
    "a map": "select map_from_entries(list({'k': id, 'v': repeat(id, 5000)})) from events",
    "replacing": "select regexp_replace(repeat('ab', 10000000), 'a', repeat('c', 1000), 'g')",
}


@pytest.mark.slow
def test_huge_values_are_bounded(engine: Engine, lake: Lake) -> None:
    assert ask(engine, lake, "select count(*) from events").rows == [[5000]]
    before = sql_processes.resident(os.getpid())
    for what, sql in HUGE.items():
        with sql_processes.measured() as most, pytest.raises(TooLarge) as caught:
            ask(engine, lake, sql)
        assert caught.value.code == "sql_out_of_memory", what
        assert "TIDEWHEEL_SQL_MEMORY_MB" in caught.value.describe("zh")["hint"]
        assert max(most.values(), default=0) < IDLE + LIMITS.memory_mb, what
        assert ask(engine, lake, "select count(*) from events").rows == [[5000]], what
    assert sql_processes.resident(os.getpid()) < before + 64


@pytest.mark.slow
def test_a_row_that_is_too_large_stays_where_it_is(engine: Engine, lake: Lake) -> None:
    large = Limits(60, 1024, 0, 2)
    with pytest.raises(TooLarge) as caught:
        ask(engine, lake, "select repeat('x', 100000000)", large)
    assert caught.value.code == "sql_answer_too_large"
    with (
        pytest.raises(TooLarge),
        engine.opened(lake, Query("select repeat('x', 100000000)"), large, "csv", 10) as answer,
    ):
        list(answer.pieces)
    assert len(ask(engine, lake, "select repeat('x', 30000000)", large).rows[0][0]) == 30_000_000


@pytest.mark.slow
def test_values_are_written_where_they_cannot_hurt(engine: Engine, lake: Lake) -> None:
    """Small values that are many: each takes dozens of bytes while it is written."""
    ask(engine, lake, "select 1")
    before = sql_processes.resident(os.getpid())
    for sql in ("select list_transform(range(100000000), lambda x: true)", "select list_resize([null], 100000000)",
                "select list_transform(range(20000000), lambda x: [])"):  # fmt: skip
        with pytest.raises(TooLarge):
            ask(engine, lake, sql, Limits(60, 1024, 0, 2))
        assert ask(engine, lake, "select count(*) from events").rows == [[5000]]
    assert sql_processes.resident(os.getpid()) < before + 64


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "arrow"])
def test_a_file_is_bounded_by_bytes_too(engine: Engine, lake: Lake, form: str) -> None:
    query = Query("select repeat('x', 10000) from range(100000)")
    most = 64 if form == "json" else 100
    limits = Limits(60, 512, 100, 2)
    with pytest.raises(TooLarge) as caught, engine.opened(lake, query, limits, form, 100_000) as answer:
        assert sum(map(len, answer.pieces)) == 0, "it is too large before it ends"
    assert caught.value.expected == f"<= {most} MiB"
    with engine.opened(lake, query, limits, form, 2_000) as answer:
        size = sum(map(len, answer.pieces))
        assert answer.more
    assert 20_000_000 <= size < 21_000_000


def test_what_does_not_fit_goes_to_disk(engine: Engine, lake: Lake) -> None:
    sql = "select count(*) from (select hash(range) x, repeat('y', 20) y from range(8000000) order by x limit 6000000)"
    assert ask(engine, lake, sql, Limits(60, 128, 2048, 2)).rows == [[6_000_000]]
    with pytest.raises(TooLarge):
        ask(engine, lake, sql, Limits(60, 128, 0, 2))


def test_time_that_is_over_ends_the_process(engine: Engine, lake: Lake) -> None:
    ask(engine, lake, "select 1")
    [pid] = sql_processes.of()
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        ask(engine, lake, ENDLESS, Limits(0.3, 256, 0, 2))
    assert caught.value.code == "sql_too_slow"
    assert time.monotonic() - started < 5
    assert not sql_processes.alive({pid})
    assert ask(engine, lake, "select 1").rows == [[1]]


def test_a_process_that_does_not_listen_is_ended_in_time_too(engine: Engine, lake: Lake) -> None:
    ask(engine, lake, "select 1")
    [pid] = sql_processes.of()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(Unavailable) as caught:
        ask(engine, lake, "select 1", Limits(0.5, 256, 0, 2))
    assert caught.value.code == "sql_too_slow"
    sql_processes.wait_until_gone({pid})


def test_nobody_waits_any_more(engine: Engine, lake: Lake) -> None:
    ask(engine, lake, "select 1")
    pids = sql_processes.of()
    stop = Stop()
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(Cancelled):
        ask(engine, lake, ENDLESS, stop=stop)
    assert not sql_processes.alive(pids)
    assert ask(engine, lake, "select 1").rows == [[1]]


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_a_process_that_is_killed_is_told_and_replaced(
    engine: Engine, lake: Lake, way: signal.Signals
) -> None:
    ask(engine, lake, "select 1")
    [pid] = sql_processes.of()
    threading.Timer(0.3, os.kill, (pid, way)).start()
    with pytest.raises(Unavailable) as caught:
        ask(engine, lake, ENDLESS)
    assert caught.value.code == "sql_process_ended"
    both: tuple[tuple[Language, str], ...] = (("en", "memory"), ("zh", "内存"))
    for language, word in both:
        told = caught.value.describe(language)
        assert word in told["message"]
        assert way.name in told["message"]
        assert "TIDEWHEEL_SQL_MEMORY_MB" in told["hint"]
    assert ask(engine, lake, "select count(*) from events").rows == [[5000]]
    assert pid not in sql_processes.of()


def test_a_process_that_dies_while_it_waits_is_replaced(engine: Engine, lake: Lake) -> None:
    ask(engine, lake, "select 1")
    [pid] = sql_processes.of()
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert ask(engine, lake, "select 1").rows == [[1]]


def test_one_process_serves_query_after_query(engine: Engine, lake: Lake) -> None:
    ask(engine, lake, "select 1")
    before = sql_processes.of()
    for _ in range(5):
        assert ask(engine, lake, "select count(*), count(distinct channel) from events").rows == [[5000, 3]]
        with pytest.raises(TidewheelError):
            ask(engine, lake, "select nothing from events")
        assert ask(engine, lake, "select * from events").more
    assert sql_processes.of() == before


@pytest.mark.slow
def test_several_at_once_do_not_wait_for_each_other(engine: Engine, lake: Lake) -> None:
    stop = Stop()
    with ThreadPoolExecutor(4) as pool:
        long = pool.submit(ask, engine, lake, ENDLESS, LIMITS, stop)
        sql = "select channel, count(*) from events a join events b using (channel) group by 1 order by 1"
        wanted = ask(engine, lake, sql).rows
        assert [one.rows for one in pool.map(lambda _: ask(engine, lake, sql), range(6))] == [wanted] * 6
        assert not long.done()
        stop.set()
        with pytest.raises(Cancelled):
            long.result()


def test_a_query_keeps_nothing_for_the_next(engine: Engine, lake: Lake) -> None:
    """It cannot write, nor change what a later one sees."""
    for sql in ("set memory_limit = '10GB'", "create table x as select 1", "copy events to '/tmp/x'", "from 'x.csv'",
                "select * from read_text('/etc/passwd')", "load httpfs", "select getenv('HOME')"):  # fmt: skip
        with pytest.raises(TidewheelError) as caught:
            ask(engine, lake, sql)
        assert caught.value.code in {"sql_read_only", "sql_no_such_table", "sql_function_refused"}


def test_the_process_knows_no_secret_of_the_server(
    engine: Engine, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEWHEEL_IDENTIFIER_KEY", "secret")
    ask(engine, lake, "select 1")
    [pid] = sql_processes.of()
    assert b"TIDEWHEEL" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core")] == ["0"]


def test_what_a_dead_server_left_on_disk_goes(tmp_path: Path) -> None:
    left = tmp_path / "spill" / "old"
    left.mkdir(parents=True)
    (left / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"somebody's")
    Engine(tmp_path / "spill").close()
    assert not (tmp_path / "spill").exists()


def test_only_what_a_query_names_goes_over(
    engine: Engine, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tidewheel.analyse.sql.relation import Relation  # noqa: PLC0415

    asked: list[tuple[Any, str]] = []
    scanner = Relation.scanner

    def heard(self: Relation, columns: Any = None, filter: Any = None, **more: Any) -> Any:  # noqa: A002
        asked.append((columns, str(filter)))
        return scanner(self, columns, filter, **more)

    monkeypatch.setattr(Relation, "scanner", heard)
    assert ask(engine, lake, "select count(*) from events where channel = 'c1'").rows == [[1667]]
    [(columns, condition)] = asked
    assert (len(columns), condition) == (1, '(channel == "c1")')
