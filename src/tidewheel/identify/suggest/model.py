"""How likely two records are one person, by the model of Fellegi and Sunter. The only module that imports splink.

Each field adds a weight to the logarithm (base 2) of the odds: how much oftener two records of one person are so alike
than two of two people. How alike two people are is counted over random pairs, how alike two records of one person are is
learned by expectation maximisation where there are enough of them. No labels are needed; the same records give the same.
"""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.errors import TooLarge, Unavailable
from tidewheel.core.text import Text
from tidewheel.identify.suggest.blocks import Blocks, Key, beyond_chance, share
from tidewheel.identify.suggest.fields import Field, Level
from tidewheel.identify.suggest.records import UNIQUE

EXTRA: Final = "link"
RANDOM_PAIRS: Final = 1_000_000
"""Pairs that are looked at to count how alike two people are."""
TRAINING_PAIRS: Final = 1_000_000
ENOUGH: Final = 60
"""Fewest pairs beyond chance from which weights are learned."""
RECALL: Final = 0.6
"""Share of the pairs of one person that have a sure key, assumed."""
LEAST_U: Final = 1e-7
LEAST_M: Final = 0.002
_SESSIONS: Final[tuple[tuple[Key, str], ...]] = (
    (("name", "birthday"), "l.name = r.name AND l.birthday = r.birthday"),
    (("birthday", "phone.tail"), "l.birthday = r.birthday AND right(l.phone, 4) = right(r.phone, 4)"),
    (("name", "phone.tail"), "l.name = r.name AND right(l.phone, 4) = right(r.phone, 4)"),
    (("email",), "l.email = r.email"),
    (("name", "address"), "l.name = r.name AND l.address = r.address"),
)
"""Keys by which pairs are taken to learn the weights of the fields that are not in the key."""


@dataclass(frozen=True, slots=True)
class Scored:
    """``pairs``: rows of ``unique_id_l``, ``unique_id_r``, ``match_probability``, ``match_weight`` and by field ``gamma_…``
    (the level counted from the last, 0 is different, -1 unknown) and ``weight_…``.

    ``learned``: by which keys weights were learned; none: the usual ones were taken. ``weights``: by field the levels'.
    """

    pairs: pa.Table
    learned: tuple[Key, ...]
    weights: dict[str, dict[str, float]]


def library() -> Any:
    """Return splink, or say which extra brings it."""
    try:
        import splink  # noqa: PLC0415 - optional, and slow to load
    except ImportError:
        raise Unavailable(
            "suggestions_not_installed",
            Text("Suggestions need the package splink.", "推测合并需要 splink 程序包。"),
            hint=Text(
                "Install it on the server: pip install 'tidewheel[{extra}]'",
                "请在服务器上安装：pip install 'tidewheel[{extra}]'",
            ),
            extra=EXTRA,
        ) from None
    logging.getLogger("splink").setLevel(logging.ERROR)  # it remarks on what few people lead to
    return splink


def installed() -> bool:
    """Say whether splink is there."""
    return importlib.util.find_spec("splink") is not None


def score(
    records: pa.Table,
    fields: Sequence[Field],
    found: Blocks,
    *,
    least: float,
    seed: int,
    memory_mb: int,
    step: Callable[[float], None],
) -> Scored:
    """Return the pairs whose probability is ``least`` or more. ``step`` is told how far it is, and may raise to stop it."""
    import duckdb  # noqa: PLC0415 - slow to load

    splink = library()
    database = splink.DuckDBAPI(":memory:")
    connection = database.duckdb_con
    try:
        connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        connection.execute("SET temp_directory = ''")  # nothing of people is left on disk
        connection.execute("SET threads = 1")  # sums of floats come out the same
        return _score(splink, database, records, fields, found, least=least, seed=seed, step=step)
    except duckdb.OutOfMemoryException:
        raise TooLarge(
            "suggestions_out_of_memory",
            Text(
                "Comparing people needs more than {memory_mb} MiB.", "比对用户所需内存超过 {memory_mb} MiB。"
            ),
            hint=Text("Raise TIDEWHEEL_SQL_MEMORY_MB.", "请调大 TIDEWHEEL_SQL_MEMORY_MB。"),
            memory_mb=memory_mb,
        ) from None
    finally:
        connection.close()


def _score(
    splink: Any, database: Any, records: pa.Table, fields: Sequence[Field], found: Blocks,
    *, least: float, seed: int, step: Callable[[float], None],
) -> Scored:  # fmt: skip
    sure = beyond_chance(records)
    every = records.num_rows * (records.num_rows - 1) / 2
    expected = max([1.0, *sure.values()]) / RECALL
    names = {f"key{number}": found.keys.column(number) for number in range(found.keys.num_columns)}
    table = pa.table({**{name: records[name] for name in records.column_names}, **names})
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=UNIQUE,
        probability_two_random_records_match=min(0.5, expected / every),
        comparisons=[_comparison(field, records, fields) for field in fields],
        blocking_rules_to_generate_predictions=[splink.block_on(name) for name in names],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        max_iterations=25,
        linker_uid="suggest",
    )
    frame = database.register(table)
    linker = splink.Linker(frame, settings, log_level=None, validate_settings=False)
    step(0.05)
    training = linker.training
    training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=seed, min_count_per_level=None, num_chunks=1
    )
    step(0.3)
    learned = []
    for key, rule in _SESSIONS:
        if sure.get(key, 0.0) >= ENOUGH:
            training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=TRAINING_PAIRS
            )
            learned.append(key)
        step(0.3 + 0.3 * (len(learned) + 1) / (len(_SESSIONS) + 1))
    model = _sober(linker.misc.save_model_to_json(), min(RANDOM_PAIRS, every))
    linker = splink.Linker(frame, model, log_level=None, validate_settings=False)
    pairs = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    table = pairs.as_pyarrow_table()
    step(0.95)
    return Scored(_told(table, fields), tuple(learned), _weights(model, fields))


def _comparison(field: Field, records: pa.Table, fields: Sequence[Field]) -> dict[str, Any]:
    """Return the comparison of a field as splink reads it."""
    there = {one.name for one in fields}
    silent = f"{field.name}_l IS NULL OR {field.name}_r IS NULL"
    if field.silent is not None and field.silent[0] in there:
        silent += f" OR {field.silent[1]}"
    levels: list[dict[str, Any]] = [
        {"sql_condition": silent, "label_for_charts": "unknown", "is_null_level": True}
    ]
    same = max(share(records[field.name].combine_chunks()), LEAST_U)
    for level in present(field, there):
        told: dict[str, Any] = {
            "sql_condition": level.sql,
            "label_for_charts": level.name,
            "m_probability": level.m,
            # one that no random pair has says less than being the same
            "u_probability": level.u or max(LEAST_U, 2 * same * level.m / field.levels[0].m),
        }
        if level.name == "same":
            told |= {"u_probability": same, "fix_u_probability": True}
        if level.name == "different":
            told["u_probability"] = 1 - same
        if level.u is not None:
            told |= {"fix_u_probability": True, "fix_m_probability": True}
        if level.rare:
            told["tf_adjustment_column"] = field.name
            told["tf_minimum_u_value"] = LEAST_U
        levels.append(told)
    return {"output_column_name": field.name, "comparison_levels": levels}


def present(field: Field, there: set[str]) -> list[Level]:
    """Return the levels a field has beside others."""
    return [level for level in field.levels if level.needs is None or level.needs in there]


def _told(table: pa.Table, fields: Sequence[Field]) -> pa.Table:
    """Return pairs with one weight a field, the likeliest first."""
    columns = {
        name: table[name] for name in (f"{UNIQUE}_l", f"{UNIQUE}_r", "match_probability", "match_weight")
    }
    for field in fields:
        parts = [
            table[name]
            for name in (f"mw_{field.name}", f"mw_tf_adj_{field.name}")
            if name in table.column_names
        ]
        columns[f"gamma_{field.name}"] = table[f"gamma_{field.name}"]
        columns[f"weight_{field.name}"] = parts[0] if len(parts) == 1 else pc.add(*parts)
    order = [("match_weight", "descending"), (f"{UNIQUE}_l", "ascending"), (f"{UNIQUE}_r", "ascending")]
    rounded = pc.round(columns["match_weight"], 6)
    return pa.table(columns | {"match_weight": rounded}).sort_by(order)


def _sober(model: dict[str, Any], random_pairs: float) -> dict[str, Any]:
    """Return a model in which nothing is impossible for one person, and nothing says more than being the same.

    What hardly any pair shows is learned badly: of few pairs, or of none. What none of some random pairs showed may
    well be in one of the next.
    """
    for comparison in model["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for level in levels:
            level["m_probability"] = max(level["m_probability"], LEAST_M)
        same = levels[0]["m_probability"] / levels[0]["u_probability"]
        for level in levels[1:]:
            least = max(level["m_probability"] / same, 1 / random_pairs)
            level["u_probability"] = max(level["u_probability"], least)
    return model


def _weights(model: dict[str, Any], fields: Sequence[Field]) -> dict[str, dict[str, float]]:
    """Return the weight of each level of each field; of a value as rare as the average one."""
    found: dict[str, dict[str, float]] = {}
    for field, told in zip(fields, model["comparisons"], strict=True):
        found[field.name] = {
            level["label_for_charts"]: round(math.log2(level["m_probability"] / level["u_probability"]), 3)
            for level in told["comparison_levels"]
            if not level.get("is_null_level")
        }
    return found
