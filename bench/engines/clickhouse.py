"""ClickHouse, as chDB: MergeTree ordered by event name, actor and time; people by join or by dictionary."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from chdb.session import Session

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

DAY = f"intDiv(time + {ZONE_MS}, {DAY_MS})"
NAMES = ", ".join(f"'{name}'" for name in FUNNEL)


class Engine(Pages):
    """Joins ``persons``; with ``dictionary`` looks people up in a flat array instead."""

    dictionary = False
    day = DAY
    earlier = (
        "lagInFrame({0}, 1, toInt64(-1)) OVER (PARTITION BY person ORDER BY {0} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    )
    later = earlier.replace("lagInFrame", "leadInFrame")
    window = f"arrayJoin({WINDOW_ROWS})"
    place = "clickhouse"

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._session = Session(str(folder / self.place))
        self._say("CREATE DATABASE IF NOT EXISTS bench")
        self._say("USE bench")
        self._say(f"SET max_threads = {threads}")

    def version(self) -> str:
        """Return ClickHouse's version."""
        return f"ClickHouse {self._rows('SELECT version() AS v')[0]['v']}"

    def load(self) -> None:
        """Build the tables once."""
        done = self._folder / f"{self.place}.done"
        if done.exists():
            return
        for table in ("events", "persons"):
            self._say(f"DROP TABLE IF EXISTS {table}")
        self._say(
            "CREATE TABLE events (time Int64 CODEC(Delta, LZ4), name LowCardinality(String), actor UInt32, "
            "platform LowCardinality(String), channel LowCardinality(String), value Nullable(Float64)) "
            "ENGINE = MergeTree ORDER BY (name, actor, time)"
        )
        for path in sorted((self._folder / "flat").glob("*.parquet")):
            self._say(f"INSERT INTO events SELECT * FROM file('{path}', Parquet)")
        self._say("OPTIMIZE TABLE events FINAL")
        self._say("CREATE TABLE persons (actor UInt32, person UInt32) ENGINE = MergeTree ORDER BY actor")
        self._say(f"INSERT INTO persons SELECT * FROM file('{self._folder / 'persons.parquet'}', Parquet)")
        self._say("OPTIMIZE TABLE persons FINAL")
        self._say("DROP DICTIONARY IF EXISTS person_of")
        self._say(
            "CREATE DICTIONARY person_of (actor UInt64, person UInt32) PRIMARY KEY actor "
            "SOURCE(CLICKHOUSE(TABLE 'persons' DB 'bench')) LAYOUT(FLAT(MAX_ARRAY_SIZE 100000000)) LIFETIME(0)"
        )
        done.touch()

    def ask(self, question: str, turn: int) -> Answer:  # noqa: ARG002
        """Answer one question."""
        answer: Answer = getattr(self, "_" + question.replace(" ", "_"))()
        return answer

    def _events(self, columns: str, where: str) -> str:
        if self.dictionary:
            return f"SELECT {columns}, dictGet('bench.person_of', 'person', toUInt64(actor)) AS person FROM events WHERE {where}"
        return f"SELECT {columns}, person FROM events INNER JOIN persons USING (actor) WHERE {where}"

    def _trends(self) -> Answer:
        inside = self._events(f"name, {DAY} AS day", f"name IN ({NAMES})")
        rows = self._rows(
            f"SELECT name, day, uniqExact(person) AS people, count() AS count FROM ({inside}) "
            "GROUP BY GROUPING SETS ((name, day), (name))"
        )
        found = {(row["name"], row["day"]): row for row in rows}
        return {
            f"{at} ": day_rows(partial(figure, found, event, kind)) for at, (event, kind) in enumerate(LINES)
        }

    def _trends_by_channel(self) -> Answer:
        inside = self._events(f"channel, {DAY} AS day", "name = 'purchase'")
        rows = self._rows(
            f"SELECT channel, day, uniqExact(person) AS people FROM ({inside}) "
            "GROUP BY GROUPING SETS ((channel, day), (channel), (day), ())"
        )
        found = {(row["channel"], row["day"]): row for row in rows}
        return {f"0 {name}": day_rows(partial(figure, found, name, "people")) for name, _ in found}

    def _funnel(self) -> Answer:
        conditions = ", ".join(f"name = '{name}'" for name in FUNNEL)
        rows = self._rows(
            "SELECT level, count() AS n FROM (SELECT person, "
            f"windowFunnel({WITHIN_MS})(toUInt64(time), {conditions}) AS level FROM "
            f"({self._events('time, name', 'name IN (' + NAMES + ')')}) GROUP BY person) GROUP BY level"
        )
        counts = {row["level"]: row["n"] for row in rows}
        return {"steps": [[sum(n for level, n in counts.items() if level > at) for at in range(len(FUNNEL))]]}

    def _retention(self) -> Answer:
        inside = self._events(f"name, {DAY} AS day", f"name IN ('{START}', '{BACK}')")
        rows = self._rows(
            "SELECT start, arrayJoin(arrayConcat([0], arrayFilter(x -> x BETWEEN 1 AND "
            f"{RETENTION_DAYS}, arrayMap(b -> b - start, backs)))) AS after, count() AS n FROM ("
            "SELECT arrayJoin(starts) AS start, backs FROM ("
            f"SELECT person, groupUniqArrayIf(day, name = '{START}') AS starts, "
            f"groupUniqArrayIf(day, name = '{BACK}') AS backs FROM ({inside}) GROUP BY person)) "
            "GROUP BY start, after"
        )
        cohorts: dict[int, list[int]] = defaultdict(lambda: [0] * (RETENTION_DAYS + 1))
        for row in rows:
            cohorts[row["start"]][row["after"]] = row["n"]
        return {day_name(day): [counts] for day, counts in cohorts.items()}

    def _visits(self, inside: str, columns: str) -> str:
        """Return a query of one row a session: ``visit`` holds its (time, name) pairs in order."""
        return (
            f"SELECT {columns} FROM (SELECT person, arraySort(groupArray((time, name))) AS rows, "
            "arrayDifference(arrayMap(row -> row.1, rows)) AS pauses, "
            f"arrayJoin(arraySplit((row, pause) -> pause > {GAP_MS}, rows, pauses)) AS visit "
            f"FROM ({inside}) GROUP BY person)"
        )

    def _paths(self) -> Answer:
        visits = self._visits(
            self._events("time, name", "1"),
            "person, arrayMap(row -> toString(row.2), visit) AS names, "
            f"arrayCompact(arraySlice(names, indexOf(names, '{START}'))) AS path, "
            f"arrayConcat(arraySlice(path, 1, {PATH_STEPS + 1}), "
            f"[if(length(path) > {PATH_STEPS + 1}, '$more', '$exit')]) AS shown",
        )
        rows = self._rows(
            "SELECT link.1 AS at, link.2 AS source, link.3 AS target, count() AS n, uniqExact(person) AS people "
            "FROM (SELECT person, arrayJoin(arrayMap(i -> (i - 1, shown[i], shown[i + 1]), "
            f"range(1, length(shown)))) AS link FROM ({visits} WHERE has(names, '{START}'))) "
            "GROUP BY at, source, target"
        )
        return {f"{row['at']} {row['source']} {row['target']}": [[row["n"], row["people"]]] for row in rows}

    def _sessions(self) -> Answer:
        visits = self._visits(
            self._events("time, name", "1"),
            "person, visit[1].1 AS first, visit[-1].1 AS last, length(visit) AS depth",
        )
        rows = self._rows(
            f"SELECT intDiv(first + {ZONE_MS}, {DAY_MS}) AS day, count() AS n, uniqExact(person) AS people, "
            "countIf(depth = 1) AS bounces, sum(intDiv(last - first, 1000)) AS seconds "
            f"FROM ({visits}) GROUP BY GROUPING SETS ((day), ())"
        )
        return {
            day_name(row["day"]) if row["day"] else "": [
                [row["n"], row["people"], row["bounces"], row["seconds"]]
            ]
            for row in rows
        }

    def _attribution(self) -> Answer:
        """Sort each person's touches once; each conversion takes the part of them in its look-back."""
        inside = self._events("name, time, channel", f"name IN ('{TOUCH}', '{CONVERSION}')")
        rows = self._rows(
            "SELECT channel, sum(at = 1) AS first, sum(at = m) AS last, "
            "sum(intDiv(1000000 * at, m) - intDiv(1000000 * (at - 1), m)) AS linear, sum(fresh = 1) AS through "
            "FROM (SELECT length(found) AS n, found.2 AS channels, "
            "if(n = 0, ['none'], channels) AS names, if(n = 0, [1], arrayEnumerate(channels)) AS places, "
            "if(n = 0, [1], arrayEnumerateUniq(channels)) AS freshness, greatest(n, 1) AS m FROM ("
            f"SELECT arrayFilter(t -> t.1 BETWEEN won - {LOOK_BACK_DAYS * DAY_MS} AND won, touches) AS found FROM ("
            f"SELECT arraySort(groupArrayIf((time, toString(channel)), name = '{TOUCH}')) AS touches, "
            f"groupArrayIf(time, name = '{CONVERSION}') AS wins FROM ({inside}) GROUP BY person) "
            "ARRAY JOIN wins AS won)) ARRAY JOIN names AS channel, places AS at, freshness AS fresh "
            "GROUP BY channel"
        )
        return {
            row["channel"]: [
                [row["first"] * 1_000_000, row["last"] * 1_000_000, row["linear"], row["through"] * 1_000_000]
            ]
            for row in rows
        }

    def _rfm(self) -> Answer:
        inside = self._events(f"{DAY} AS day, value", "name = 'purchase'")
        rows = self._rows(
            f"SELECT r, f, m, count() AS people, sum(money) AS revenue FROM (SELECT {levels()}, money FROM ("
            f"SELECT person, {LAST} - max(day) AS days, count() AS orders, sum(value) AS money "
            f"FROM ({inside}) GROUP BY person)) GROUP BY r, f, m"
        )
        return {f"{row['r']}{row['f']}{row['m']}": [[row["people"], int(row["revenue"])]] for row in rows}

    def _lifetime_value(self) -> Answer:
        inside = self._events(f"{DAY} AS day, value", "name = 'purchase'")
        rows = self._rows(
            f"SELECT came, {values_by_age()} FROM (SELECT day, money, min(day) OVER (PARTITION BY person) AS came "
            f"FROM (SELECT person, day, sum(value) AS money FROM ({inside}) GROUP BY person, day)) GROUP BY came"
        )
        return {
            day_name(row["came"]): [[row["people"], *(int(row[f"by_{age}"]) for age in begun(row["came"]))]]
            for row in rows
        }

    def _lists(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self._rows(sql)]

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        text = self._session.query(
            sql + " FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0"
        )
        return [json.loads(line) for line in str(text).splitlines()]

    def _say(self, sql: str) -> None:
        self._session.query(sql)
