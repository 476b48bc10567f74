"""Metrics between the catalog, which keeps every version, and analyses, which work them out."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import ValidationError

from tidewheel.analyse.measures import Metric, definition, measure, named
from tidewheel.analyse.run import Asking, Stored
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Dates, Last
from tidewheel.core.text import Text
from tidewheel.model import MetricDefinition, parse
from tidewheel.serve.goals import users_of_metric
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import MetricVersion, Session, alerts, metrics

PERIOD = re.compile(r"([1-9]\d{0,3})(day|week|month)|(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
YESTERDAY = Last(last=2)


def lookup(installation: Installation, project: str) -> Callable[[str], Metric]:
    """Return what finds a project's metrics; one question sees one version of each."""
    seen: dict[str, Metric] = {}

    def find(name: str) -> Metric:
        if name not in seen:
            with installation.catalog.read() as db:
                seen[name] = usable(metrics.get(db, project, name))
        return seen[name]

    return find


def usable(saved: MetricVersion) -> Metric:
    """Return a metric as analyses use it."""
    return Metric(saved.name, saved.version, parse(saved.name, saved.definition))


def read_period(text: str) -> Dates | Last:
    """Read ``30day``, ``8week``, ``6month`` or ``2026-11-01..2026-11-30``."""
    found = PERIOD.fullmatch(text)
    try:
        if found and found[1]:
            return Last.model_validate({"last": int(found[1]), "unit": found[2]})
        if found:
            return Dates.model_validate({"from": found[3], "to": found[4]})
    except ValidationError:
        pass
    raise BadInput(
        "bad_period",
        Text("{got} is not a period.", "{got} 不是时间段。"),
        field="period",
        got=text,
        expected="30day | 8week | 6month | 2026-11-01..2026-11-30",
    )


def check(
    wanted: dict[str, MetricDefinition],
    removed: set[str],
    store: Stored,
    asking: Asking,
    kept: Callable[[str], Metric],
) -> None:
    """Raise unless all metrics, once these are in force, can be worked out; each is tried on two days."""

    def find(name: str) -> Metric:
        if name in wanted:
            return Metric(name, 0, wanted[name])
        if name in removed:
            raise BadInput(
                "metric_in_use",
                Text("Metric {name} is used by another metric.", "指标 {name} 正被其他指标使用。"),
                field="formula",
                got=name,
                hint=Text("Change that one first.", "请先修改引用它的指标。"),
                name=name,
            )
        return kept(name)

    for name in wanted:
        definition(name, asking, find)
        measure(store, name, YESTERDAY, asking, find)


def users(db: Session, project: str, name: str) -> list[tuple[str, str, Text]]:
    """Return (``metric``, ``goal``, ``board`` or ``alert``, id, title) of what uses a metric."""
    found = []
    for one in metrics.listed(db, project):
        means = parse(one.name, one.definition)
        if name in named(means):
            found.append(("metric", one.name, Text(means.title.en, means.title.zh)))
    found += [("goal", goal, title) for goal, title in users_of_metric(db, project, name)]
    boards = metrics.tiles(db, project)
    found += [("board", board, Text(title, title)) for board, title, shown in boards if name in shown]
    return found + [
        ("alert", one.name, Text(one.name, one.name))
        for one in alerts.listed(db, project)
        if one.definition.get("metric") == name
    ]
