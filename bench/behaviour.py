"""The questions about behaviour in SQL, for engines that say how they read events and number earlier rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from bench.questions import (
    BACK,
    COHORT_PERIODS,
    CONVERT_MS,
    COUNT_CUTS,
    FROM_DAY,
    GAP_CUTS,
    GAP_MOST,
    HABITS,
    OFTEN,
    START,
    TO_DAY,
    WATCH_DAYS,
    WATCH_MS,
    WINDOW,
    Answer,
)
from bench.sql import FIRST, LAST, MONTHS, day_name, month_of
from bench.world import DAYS, local_day


class Behaviour:
    """Answers them from ``_events`` (rows with their person), with words each dialect has of its own."""

    day: str
    """The day of a row."""
    earlier: str
    later: str
    """The value of ``{0}`` one row earlier or later of the same person, by ``{0}``; -1 where there is none."""
    window: str
    """0, 1 … up to the window's length: a row each."""

    def _events(self, columns: str, where: str) -> str:
        """Return a query of some events with their person."""
        raise NotImplementedError

    def _lists(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows in the order of their columns."""
        raise NotImplementedError

    def _days(self) -> str:
        inside = self._events(f"{self.day} AS day", "name = 'page_view'")
        return f"SELECT DISTINCT person, day FROM ({inside}) AS rows"

    def _distribution(self) -> Answer:
        inside = self._events("time", "name = 'purchase'")
        rows = self._lists(
            "SELECT n, count(*) AS people FROM (SELECT person, count(*) AS n "
            f"FROM ({inside}) AS rows GROUP BY person) AS persons GROUP BY n"
        )
        counts = [0] * (len(COUNT_CUTS) + 1)
        for n, people in rows:
            counts[sum(n >= cut for cut in COUNT_CUTS)] += people
        return {"all": [counts]}

    def _interval(self) -> Answer:
        inside = self._events("time", "name = 'purchase'")
        parts = ", ".join(
            f"sum(CASE WHEN gap >= {low} AND gap < {high} THEN 1 ELSE 0 END)"
            for low, high in zip((0, *GAP_CUTS), (*GAP_CUTS, GAP_MOST + 1), strict=True)
        )
        before = self.earlier.format("time")
        rows = self._lists(
            f"SELECT count(DISTINCT person), count(*), {parts} FROM (SELECT person, time - before AS gap FROM "
            f"(SELECT person, time, {before} AS before FROM ({inside}) AS rows) AS pairs WHERE before >= 0) AS gaps "
            f"WHERE gap <= {GAP_MOST}"
        )
        return {"all": [[int(one) for one in rows[0]]]}

    def _lifecycle(self) -> Answer:
        rows = self._lists(
            "SELECT day, sum(CASE WHEN before < 0 THEN 1 ELSE 0 END), "
            "sum(CASE WHEN before = day - 1 THEN 1 ELSE 0 END), "
            "sum(CASE WHEN before >= 0 AND before < day - 1 THEN 1 ELSE 0 END), "
            "sum(CASE WHEN after = day + 1 THEN 0 ELSE 1 END) FROM (SELECT person, day, "
            f"{self.earlier.format('day')} AS before, {self.later.format('day')} AS after "
            f"FROM ({self._days()}) AS days) AS lives GROUP BY day"
        )
        stages: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for day, new, returning, back, gone in rows:
            stages[day - FIRST][:3] = [int(new), int(returning), int(back)]
            stages[day - FIRST + 1][3] = int(gone)
        return {"all": [stages[day] for day in range(DAYS)]}

    def _stickiness(self) -> Answer:
        exactly = [0] * DAYS
        for n, people in self._lists(
            "SELECT n, count(*) AS people FROM (SELECT person, count(*) AS n "
            f"FROM ({self._days()}) AS days GROUP BY person) AS persons GROUP BY n"
        ):
            exactly[n - 1] = people
        reached = [0] * DAYS
        for day, people in self._lists(
            "SELECT day + more AS at, count(DISTINCT person) FROM (SELECT person, day, "
            f"{self.window} AS more FROM ({self._days()}) AS days) AS windows GROUP BY day + more"
        ):
            if day - FIRST < DAYS:
                reached[day - FIRST] = people
        return {"exactly": [exactly], f"last {WINDOW} days": [reached]}

    def _composition(self) -> Answer:
        inside = self._events("channel", "name = 'purchase'")
        rows = self._lists(f"SELECT coalesce(channel, ''), count(*) FROM ({inside}) AS rows GROUP BY channel")
        return {channel: [[count]] for channel, count in rows}

    def _table(self) -> Answer:
        inside = self._events("channel, platform", "name = 'purchase'")
        rows = self._lists(
            "SELECT coalesce(CAST(channel AS VARCHAR), ''), coalesce(CAST(platform AS VARCHAR), ''), "
            f"count(DISTINCT person), count(*) FROM ({inside}) AS rows "
            "GROUP BY GROUPING SETS ((channel, platform), (channel), (platform), ())"
        )
        return {f"{channel}/{platform}": [[people, count]] for channel, platform, people, count in rows}

    def _cohort(self) -> Answer:
        inside = self._events(f"{month_of(self.day)} AS month, time, value", "name = 'purchase'")
        rows = self._lists(
            "SELECT came, month - came AS period, count(DISTINCT person), "
            "count(DISTINCT CASE WHEN time > began THEN person END), count(*), sum(value) FROM ("
            "SELECT person, month, time, value, min(month) OVER (PARTITION BY person) AS came, "
            f"min(time) OVER (PARTITION BY person) AS began FROM ({inside}) AS rows) AS orders "
            f"WHERE month - came <= {COHORT_PERIODS} GROUP BY came, month - came"
        )
        told = {(came, period): [int(one) for one in figures] for came, period, *figures in rows}
        return {
            day_name(MONTHS[came]): [
                told[came, 0][:1],
                *(
                    told.get((came, at), [0] * 4)[1:]
                    for at in range(min(COHORT_PERIODS, len(MONTHS) - came) + 1)
                ),
            ]
            for came in range(len(MONTHS))
        }

    def _portrait(self) -> Answer:
        named = ", ".join(f"'{name}'" for name in (START, *HABITS))
        sums = ", ".join(f"sum(CASE WHEN name = '{name}' THEN 1 ELSE 0 END) AS n_{name}" for name in HABITS)
        inside = self._events("name", f"name IN ({named})")
        rows = self._lists(
            f"SELECT count(*), {', '.join(f'sum(n_{name})' for name in HABITS)} FROM (SELECT person, {sums} "
            f"FROM ({inside}) AS rows GROUP BY person HAVING max(CASE WHEN name = '{START}' THEN 1 ELSE 0 END) = 1) AS people"
        )
        return {"all": [[int(one) for one in rows[0]]]}

    def _retention_drivers(self) -> Answer:
        watched = f"day < day_0 + {WATCH_DAYS}"
        back = f"day BETWEEN day_0 + {FROM_DAY} AND day_0 + {TO_DAY}"
        return self._drivers(watched, back, f"day_0 + {TO_DAY} <= {LAST}", "0")

    def _conversion_drivers(self) -> Answer:
        watched, end = f"time < began + {WATCH_MS}", f"time <= began + {CONVERT_MS}"
        whole = f"began + {CONVERT_MS} < {local_day(DAYS)}"
        return self._drivers(watched, f"NOT {watched} AND {end}", whole, watched)

    def _drivers(self, watched: str, later: str, whole: str, early: str) -> Answer:
        """Per person what they did so often while watched, and whether the outcome came later; who had it early is left out."""
        events = self._events(f"time, name, {self.day} AS day", "1 = 1")
        starts = self._events(f"time, {self.day} AS day", f"name = '{START}'")
        done = (
            f"SELECT person, name, sum(CASE WHEN {watched} THEN 1 ELSE 0 END) "
            f"- max(CASE WHEN name = '{START}' THEN 1 ELSE 0 END) AS n, "
            f"max(CASE WHEN name = '{BACK}' AND {later} THEN 1 ELSE 0 END) AS back, "
            f"max(CASE WHEN name = '{BACK}' AND {early} THEN 1 ELSE 0 END) AS soon FROM "
            f"(SELECT rows.person AS person, name, time, day, began, day_0 FROM ({events}) AS rows "
            f"JOIN (SELECT person, min(time) AS began, min(day) AS day_0 FROM ({starts}) AS s GROUP BY person) AS starts "
            f"ON rows.person = starts.person WHERE time >= began AND {whole}) AS after GROUP BY person, name"
        )
        fates = "SELECT person, max(back) AS reached FROM done GROUP BY person HAVING max(soon) = 0"
        counts = ", ".join(
            f"sum(CASE WHEN n >= {n} THEN 1 ELSE 0 END), sum(CASE WHEN n >= {n} THEN reached ELSE 0 END)"
            for n in OFTEN
        )
        rows = self._lists(
            f"WITH done AS ({done}), fates AS ({fates}) SELECT CAST(name AS VARCHAR) AS behaviour, {counts} FROM done "
            "JOIN fates ON done.person = fates.person GROUP BY name "
            "UNION ALL SELECT '' AS behaviour, count(*), sum(reached), 0, 0 FROM fates"
        )
        found: Answer = {}
        for name, *flat in rows:
            pairs = [[int(one) for one in flat[at : at + 2]] for at in (0, 2)]
            if not name or any(map(any, pairs)):
                found[name] = pairs if name else pairs[:1]
        return found


WINDOW_ROWS = f"range({WINDOW})"
