"""Goals between the catalog, which keeps every version, and analyses, which take them apart."""

from __future__ import annotations

from tidewheel.analyse.goals import explain
from tidewheel.analyse.measures import Lookup
from tidewheel.analyse.run import Asking, Stored
from tidewheel.core.period import Last
from tidewheel.core.text import Text
from tidewheel.model import GoalDefinition, metrics_of, parse_goal
from tidewheel.store.catalog import Session, goals

YESTERDAY = Last(last=1)


def check(wanted: dict[str, GoalDefinition], store: Stored, asking: Asking, lookup: Lookup) -> None:
    """Raise unless all goals can be taken apart; each is tried on today against yesterday."""
    for name, goal in wanted.items():
        explain(store, name, 0, goal, YESTERDAY, None, asking, lookup)


def users_of_metric(db: Session, project: str, name: str) -> list[tuple[str, Text]]:
    """Return (name, title) of the goals that name a metric."""
    found = []
    for one in goals.listed(db, project):
        means = parse_goal(one.name, one.definition)
        if name in metrics_of(means):
            found.append((one.name, Text(means.title.en, means.title.zh)))
    return found
