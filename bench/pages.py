"""The questions about pages and clicks in SQL, said so that both dialects understand them."""

from __future__ import annotations

from bench.behaviour import Behaviour
from bench.questions import CLICK, CONVERSION, DEAD_SECONDS, GAP_MS, RAGE_SECONDS, TOUCH, Answer


class Pages(Behaviour):
    """Answers them from rows with their person; no two rows of a person share a moment."""

    def _cut(self) -> str:
        inside = self._events("time, name, channel, platform, value", "1 = 1")
        return (
            "SELECT person, time, name, channel, platform, value, sum(fresh) OVER (PARTITION BY person ORDER BY time "
            "ROWS UNBOUNDED PRECEDING) AS visit FROM (SELECT person, time, name, channel, platform, value, "
            f"CASE WHEN before < 0 OR time - before > {GAP_MS} THEN 1 ELSE 0 END AS fresh FROM "
            f"(SELECT *, {self.earlier.format('time')} AS before FROM ({inside}) AS rows) AS gaps) AS steps"
        )

    def _visits_with_a_page(self) -> str:
        view = f"CASE WHEN name = '{TOUCH}' THEN time END"
        return (
            "SELECT person, visit, argMin(channel, time) AS source, argMin(platform, seen) AS entry, "
            "argMax(platform, seen) AS leave, count(seen) AS views, "
            f"sum(CASE WHEN name = '{CONVERSION}' THEN 1 ELSE 0 END) AS goals, "
            f"sum(CASE WHEN name = '{CONVERSION}' THEN value ELSE 0 END) AS money "
            f"FROM (SELECT *, {view} AS seen FROM ({self._cut()}) AS cut) AS told GROUP BY person, visit"
        )

    def _pages(self) -> Answer:
        each = f"SELECT * FROM ({self._visits_with_a_page()}) AS visits WHERE views > 0"
        rows = self._lists(
            "SELECT coalesce(CAST(source AS VARCHAR), ''), count(*), count(DISTINCT person), "
            "sum(CASE WHEN visit = 1 THEN 1 ELSE 0 END), sum(CASE WHEN views = 1 THEN 1 ELSE 0 END), sum(views), "
            "sum(CASE WHEN goals > 0 THEN 1 ELSE 0 END), sum(money) "
            f"FROM ({each}) AS each GROUP BY GROUPING SETS ((source), ())"
        )
        found = {f"from {source}": [[int(one) for one in figures]] for source, *figures in rows}
        rows = self._lists(
            "SELECT page, sum(came), sum(CASE WHEN came = 1 AND views = 1 THEN 1 ELSE 0 END), sum(went), "
            "count(DISTINCT CASE WHEN came = 1 THEN person END), count(DISTINCT CASE WHEN went = 1 THEN person END) FROM ("
            f"SELECT person, views, entry AS page, 1 AS came, 0 AS went FROM ({each}) AS one UNION ALL "
            f"SELECT person, views, leave AS page, 0 AS came, 1 AS went FROM ({each}) AS two) AS ends GROUP BY page"
        )
        return found | {f"on {page}": [[int(one) for one in figures]] for page, *figures in rows}

    def _heatmap(self) -> Answer:
        inside = self._events("time, name, channel, platform", "1 = 1")
        same = "PARTITION BY person, channel, platform ORDER BY time"
        rows = self._lists(
            "SELECT platform, count(*), count(DISTINCT person), sum(rage), "
            "count(DISTINCT CASE WHEN rage = 1 THEN person END), sum(dead), "
            "count(DISTINCT CASE WHEN dead = 1 THEN person END) FROM (SELECT person, platform, dead, "
            f"max(burst) OVER ({same} ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS rage FROM ("
            "SELECT person, channel, platform, time, "
            f"CASE WHEN following IS NULL OR following > time + {DEAD_SECONDS * 1000} THEN 1 ELSE 0 END AS dead, "
            f"CASE WHEN count(*) OVER ({same} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) = 3 AND "
            f"time - min(time) OVER ({same} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) <= {RAGE_SECONDS * 1000} "
            "THEN 1 ELSE 0 END AS burst FROM (SELECT *, "
            f"min(CASE WHEN name <> '{CLICK}' THEN time END) OVER (PARTITION BY person ORDER BY time "
            f"ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS following FROM ({inside}) AS rows) AS told "
            f"WHERE name = '{CLICK}') AS clicks) AS judged GROUP BY platform"
        )
        return {element: [[int(one) for one in figures]] for element, *figures in rows}
