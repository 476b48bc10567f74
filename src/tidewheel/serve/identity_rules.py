"""Sees that every open store makes persons by the rules that are in force in its project."""

from __future__ import annotations

import time

from tidewheel.core.errors import Unavailable
from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules, parse_rules
from tidewheel.store.catalog import Catalog, Session, identity_rules
from tidewheel.store.project import ProjectStore

PAUSE = 1.0
"""Seconds after which it is looked whether another process has changed the rules."""


def rules_in_force(db: Session, project: str) -> tuple[int, IdentityRules]:
    """Return the version in force and its rules; 0: the defaults."""
    found = identity_rules.current(db, project)
    return (found.version, parse_rules(found.definition)) if found else (0, DEFAULT_RULES)


class RulesInForce:
    """Knows which version each store was told last."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._told: dict[str, tuple[int, float]] = {}

    def see_to(self, project: str, store: ProjectStore, *, now: bool = False) -> None:
        """Tell a store the rules if they have changed; looked up once a moment, with ``now`` at once."""
        version = self._told.get(project, (-1, 0.0))[0]
        if not now and version >= 0 and not self.stale(project):
            return
        try:
            with self._catalog.read() as db:
                if identity_rules.newest(db, project) != version:
                    version, rules = rules_in_force(db, project)
                    store.rule(rules)
        except Unavailable:  # the rules that are known stand until the catalog is back
            if version < 0 or now:
                raise
        self._told[project] = (version, time.monotonic())

    def stale(self, project: str) -> bool:
        """Say whether it is time to look again."""
        return time.monotonic() - self._told.get(project, (-1, 0.0))[1] >= PAUSE

    def forget(self, project: str) -> None:
        """Forget a project that is deleted."""
        self._told.pop(project, None)
