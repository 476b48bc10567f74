"""ClickHouse with the actor → person map as a flat in-memory dictionary: no join at all."""

from __future__ import annotations

from bench.engines import clickhouse


class Engine(clickhouse.Engine):
    """Looks people up instead of joining."""

    dictionary = True
    place = "clickhouse_dictionary"  # one process may open a folder
