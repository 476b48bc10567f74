"""DuckDB: its own table sorted by event name, actor and time, joined with ``persons``."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.behaviour import WINDOW_ROWS
from bench.pages import Pages
from bench.questions import (
    BACK,
    CONVERSION,
    FUNNEL,
    GAP_MS,
    LINES,
    LOOK_BACK_DAYS,
    PATH_STEPS,
    RETENTION_DAYS,
    START,
    TOUCH,
    WITHIN_MS,
    Answer,
)
from bench.sql import LAST, begun, day_name, day_rows, figure, levels, values_by_age
from bench.world import DAY_MS, ZONE_MS

DAY = f"(time + {ZONE_MS}) // {DAY_MS}"
NAMES = ", ".join(f"'{name}'" for name in FUNNEL)


class Engine(Pages):
    """One connection to one database file."""

    day = DAY
    earlier = "lag({0}, 1, -1) OVER (PARTITION BY person ORDER BY {0})"
    later = "lead({0}, 1, -1) OVER (PARTITION BY person ORDER BY {0})"
    window = f"unnest({WINDOW_ROWS})"

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._base = duckdb.connect(str(folder / "duck.db"), config={"threads": threads})

    def version(self) -> str:
        """Return DuckDB's version."""
        return f"DuckDB {duckdb.__version__}"

    def load(self) -> None:
        """Build the tables once."""
        if self._base.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'loaded'").fetchall()[
            0
        ][0]:
            return
        self._base.execute(
            "CREATE OR REPLACE TABLE events AS SELECT time, name::ENUM("
            "'page_view', 'view_item', 'view_item_list', 'add_to_cart', 'search', 'begin_checkout', 'purchase', "
            "'share', 'login', 'coupon_claim') AS name, actor, platform, channel, value "
            f"FROM read_parquet('{self._folder}/flat/*.parquet') ORDER BY name, actor, time"
        )
        self._base.execute(
            f"CREATE OR REPLACE TABLE persons AS SELECT * FROM read_parquet('{self._folder}/persons.parquet') ORDER BY actor"
        )
        self._base.execute("CREATE TABLE loaded (yes BOOLEAN)")
        self._base.execute("CHECKPOINT")

    def ask(self, question: str, turn: int) -> Answer:  # noqa: ARG002
        """Answer one question."""
        answer: Answer = getattr(self, "_" + question.replace(" ", "_"))()
        return answer

    def _trends(self) -> Answer:
        rows = self._rows(
            f"SELECT name, coalesce({DAY}, 0) AS day, count(DISTINCT person), count(*) "
            f"FROM events JOIN persons USING (actor) WHERE name IN ({NAMES}) "
            f"GROUP BY GROUPING SETS ((name, {DAY}), (name))"
        )
        found = {(name, day): {"people": people, "count": count} for name, day, people, count in rows}
        return {
            f"{at} ": day_rows(partial(figure, found, event, kind)) for at, (event, kind) in enumerate(LINES)
        }

    def _trends_by_channel(self) -> Answer:
        rows = self._rows(
            f"SELECT coalesce(channel, ''), coalesce({DAY}, 0) AS day, count(DISTINCT person) "
            "FROM events JOIN persons USING (actor) WHERE name = 'purchase' "
            f"GROUP BY GROUPING SETS ((channel, {DAY}), (channel), ({DAY}), ())"
        )
        found = {(channel, day): {"people": people} for channel, day, people in rows}
        return {
            f"0 {name}": day_rows(partial(figure, found, name, "people")) for name in {row[0] for row in rows}
        }

    def _funnel(self) -> Answer:
        """For each step keep the latest start that still reaches it; the same recurrence as windowFunnel."""
        marks = ", ".join(f"name = '{name}' AS is_{at}" for at, name in enumerate(FUNNEL))
        over = "OVER (PARTITION BY person ORDER BY time ROWS UNBOUNDED PRECEDING)"
        chain = f"s0 AS (SELECT person, time, {marks}, CASE WHEN name = '{FUNNEL[0]}' THEN time END AS start_0 FROM rows)"
        for at in range(1, len(FUNNEL)):
            before = f"max(start_{at - 1}) {over}"
            chain += (
                f", s{at} AS (SELECT *, CASE WHEN is_{at} AND time - {before} <= {WITHIN_MS} "
                f"THEN {before} END AS start_{at} FROM s{at - 1})"
            )
        reached = ", ".join(
            f"count(DISTINCT CASE WHEN start_{at} IS NOT NULL THEN person END)" for at in range(len(FUNNEL))
        )
        sql = (
            f"WITH rows AS (SELECT person, time, name FROM events JOIN persons USING (actor) WHERE name IN ({NAMES})), "
            f"{chain} SELECT {reached} FROM s{len(FUNNEL) - 1}"
        )
        return {"steps": [list(self._rows(sql)[0])]}

    def _retention(self) -> Answer:
        rows = self._rows(
            f"WITH days AS (SELECT DISTINCT person, name, {DAY} AS day FROM events JOIN persons USING (actor) "
            f"WHERE name IN ('{START}', '{BACK}')), "
            f"starts AS (SELECT person, day FROM days WHERE name = '{START}'), "
            f"backs AS (SELECT person, day FROM days WHERE name = '{BACK}') "
            "SELECT day, 0 AS after, count(*) FROM starts GROUP BY day UNION ALL "
            "SELECT s.day, b.day - s.day AS after, count(*) FROM starts s JOIN backs b ON s.person = b.person "
            f"AND b.day BETWEEN s.day + 1 AND s.day + {RETENTION_DAYS} GROUP BY ALL"
        )
        cohorts: dict[int, list[int]] = defaultdict(lambda: [0] * (RETENTION_DAYS + 1))
        for day, after, count in rows:
            cohorts[day][after] = count
        return {day_name(day): [counts] for day, counts in cohorts.items()}

    def _visits(self) -> str:
        """Return two common tables: every event with the number of its person's session."""
        return (
            f"pauses AS (SELECT person, time, name, time - lag(time) OVER own > {GAP_MS} AS fresh "
            "FROM events JOIN persons USING (actor) WINDOW own AS (PARTITION BY person ORDER BY time)), "
            "visits AS (SELECT person, time, name, count(*) FILTER (fresh) OVER "
            "(PARTITION BY person ORDER BY time ROWS UNBOUNDED PRECEDING) AS session FROM pauses)"
        )

    def _paths(self) -> Answer:
        rows = self._rows(
            f"WITH {self._visits()}, "
            f"begun AS (SELECT *, min(time) FILTER (name = '{START}') OVER (PARTITION BY person, session) AS begin "
            "FROM visits), "
            "kept AS (SELECT *, lag(name) OVER (PARTITION BY person, session ORDER BY time) AS before "
            "FROM begun WHERE time >= begin), "
            "placed AS (SELECT person, name, row_number() OVER own - 1 AS place, lead(name) OVER own AS after "
            "FROM kept WHERE before IS NULL OR before <> name "
            "WINDOW own AS (PARTITION BY person, session ORDER BY time)) "
            "SELECT place, name::VARCHAR, CASE WHEN after IS NULL THEN '$exit' "
            f"WHEN place = {PATH_STEPS} THEN '$more' ELSE after::VARCHAR END AS target, "
            f"count(*), count(DISTINCT person) FROM placed WHERE place <= {PATH_STEPS} GROUP BY ALL"
        )
        return {f"{place} {source} {target}": [[n, people]] for place, source, target, n, people in rows}

    def _sessions(self) -> Answer:
        rows = self._rows(
            f"WITH {self._visits()}, "
            "each AS (SELECT person, session, min(time) AS time, max(time) AS last, count(*) AS depth "
            "FROM visits GROUP BY person, session) "
            f"SELECT {DAY} AS day, count(*), count(DISTINCT person), count(*) FILTER (depth = 1), "
            f"sum((last - time) // 1000)::BIGINT FROM each GROUP BY GROUPING SETS (({DAY}), ())"
        )
        return {
            day_name(day) if day else "": [[n, people, bounces, seconds]]
            for day, n, people, bounces, seconds in rows
        }

    def _attribution(self) -> Answer:
        rows = self._rows(
            "WITH wins AS (SELECT person, time, row_number() OVER () AS id FROM events JOIN persons USING (actor) "
            f"WHERE name = '{CONVERSION}'), touches AS (SELECT person, time, channel FROM events JOIN persons "
            f"USING (actor) WHERE name = '{TOUCH}'), placed AS (SELECT coalesce(t.channel, 'none') AS channel, "
            "row_number() OVER way AS nth, count(*) OVER (PARTITION BY w.id) AS n, "
            "row_number() OVER (PARTITION BY w.id, t.channel ORDER BY t.time, t.channel) AS fresh "
            "FROM wins w LEFT JOIN touches t ON w.person = t.person "
            f"AND t.time BETWEEN w.time - {LOOK_BACK_DAYS * DAY_MS} AND w.time "
            "WINDOW way AS (PARTITION BY w.id ORDER BY t.time, t.channel)) "
            "SELECT channel, count(*) FILTER (WHERE nth = 1), count(*) FILTER (WHERE nth = n), "
            "sum(1000000 * nth // n - 1000000 * (nth - 1) // n), count(*) FILTER (WHERE fresh = 1) FROM placed GROUP BY channel"
        )
        return {
            name: [[first * 1_000_000, last * 1_000_000, int(linear), through * 1_000_000]]
            for name, first, last, linear, through in rows
        }

    def _rfm(self) -> Answer:
        rows = self._rows(
            f"WITH people AS (SELECT person, {LAST} - max({DAY}) AS days, count(*) AS orders, sum(value) AS money "
            "FROM events JOIN persons USING (actor) WHERE name = 'purchase' GROUP BY person), "
            f"levelled AS (SELECT {levels()}, money FROM people) "
            "SELECT r, f, m, count(*), sum(money) FROM levelled GROUP BY r, f, m"
        )
        return {f"{r}{f}{m}": [[people, int(money)]] for r, f, m, people, money in rows}

    def _lifetime_value(self) -> Answer:
        rows = self._rows(
            f"WITH days AS (SELECT person, {DAY} AS day, sum(value) AS money "
            "FROM events JOIN persons USING (actor) WHERE name = 'purchase' GROUP BY ALL), "
            "since AS (SELECT day, money, min(day) OVER (PARTITION BY person) AS came FROM days) "
            f"SELECT came, {values_by_age()} FROM since GROUP BY came"
        )
        return {
            day_name(came): [[int(people), *(int(one) for one in values[: len(begun(came))])]]
            for came, people, *values in rows
        }

    def _events(self, columns: str, where: str) -> str:
        return f"SELECT {columns}, person FROM events JOIN persons USING (actor) WHERE {where}"

    def _lists(self, sql: str) -> list[tuple[Any, ...]]:
        return self._rows(sql)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._base.execute(sql).fetchall()
