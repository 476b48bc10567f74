"""What one running Tidewheel holds, made once and handed to every route."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock

import structlog

from tidewheel.analyse.executor import EXECUTORS
from tidewheel.analyse.sql.engine import Engine
from tidewheel.collect.guard import Guard
from tidewheel.collect.regions import open_regions
from tidewheel.core.clock import Clock, SteadyClock, system_clock
from tidewheel.core.errors import BadInput
from tidewheel.core.ids import key64
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text
from tidewheel.serve.arrivals import Arrivals
from tidewheel.serve.dictionary import Dictionary
from tidewheel.serve.enriching import Enriching
from tidewheel.serve.identity_rules import RulesInForce
from tidewheel.serve.live import Live
from tidewheel.serve.membership import Membership
from tidewheel.serve.metrics import Metrics
from tidewheel.serve.planning import Plans
from tidewheel.serve.privacy.answering import Answering
from tidewheel.serve.privacy.erasing import Erasures
from tidewheel.serve.privacy.key import IdentifierKey
from tidewheel.serve.privacy.policy import Policy, guards, policy_of
from tidewheel.serve.quality import Quality
from tidewheel.serve.queries import Queries
from tidewheel.serve.uploads import Uploads
from tidewheel.serve.warm import Warmth
from tidewheel.serve.write_keys import WriteKeys
from tidewheel.store.catalog import Catalog, projects
from tidewheel.store.durable import make_folder
from tidewheel.store.project import ProjectStore
from tidewheel.store.storehouse import Storehouse

log = structlog.get_logger("tidewheel.clock")


@dataclass
class Installation:
    """The catalog, the stores and what is going on."""

    settings: Settings
    catalog: Catalog
    houses: Storehouse
    clock: Clock = system_clock
    local_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Lets the command line of this machine act as an administrator."""
    collects_only: bool = False
    """Whether this process takes events in for others that answer questions."""
    checkpoint: Callable[[str], None] = lambda name: None
    """Called with the name of each step of an erasure that a crash may fall between."""

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.live = Live()
        self.arrivals = Arrivals(first=self.clock())
        self.dictionary = Dictionary()
        self.rules = RulesInForce(self.catalog)
        self.enriching = Enriching(self.catalog)
        self.uploads = Uploads(self.settings.home / "uploads")
        self.plans = Plans(self.catalog)
        self.quality = Quality(self.catalog)
        self.identifier_key = IdentifierKey(self.settings)
        self.write_keys = WriteKeys(
            self.catalog, self.clock, self.plans, lambda db: guards(db, self.identifier_key)
        )
        self.membership = Membership(self.settings, self.catalog, self.clock, collects=self.collects_only)
        self.erasures = Erasures(
            self.catalog,
            self.store,
            self.uploads,
            self.identifier_key,
            self.clock,
            self.membership,
            changed=self.write_keys.refresh,
            settle=self.quality.flush,
            cleaned=self._read_rules_again,
            checkpoint=self.checkpoint,
        )
        self.answering = Answering(
            self.membership,
            self.catalog,
            self.store,
            self.houses.stored,
            self.uploads,
            self.clock,
            changed=self.write_keys.refresh,
            settle=self.quality.flush,
            cleaned=self._read_rules_again,
            take_over=self.erasures.wake,
        )
        self.executor = EXECUTORS.get(self.settings.executor, field="TIDEWHEEL_EXECUTOR").open(self.settings)
        self.sql = Engine(self.settings.home / "spill")
        self.warmth = Warmth()
        self.queries = Queries(max(2, os.cpu_count() or 1), self.settings.query_timeout_seconds, self.warmth)
        self.holder = f"{socket.gethostname()}:{key64(str(self.settings.home.resolve())):x}"[:60]
        """What work of this data folder is claimed under: the next process of the folder ends what it left."""
        self.regions = open_regions(self.settings.regions) if self.settings.regions else None
        self._opened: dict[str, ProjectStore] = {}
        self._opening: dict[str, RLock] = {}

    @classmethod
    def open(
        cls, settings: Settings, clock: Clock | None = None, *, collects_only: bool = False
    ) -> Installation:
        """Open everything below the data folder; BadInput for a collector whose lake nobody else could read.

        Without a ``clock`` it goes by the machine's, whose leaps it believes once they have stood for a while.
        """
        if collects_only and settings.lake is None:
            raise _alone()
        if clock is None:
            clock = SteadyClock(round(settings.clock_leap_seconds * 1000), believed=_tell_of_leap)
        make_folder(settings.home, 0o700)
        catalog = Catalog(settings.catalog, clock)
        try:
            houses = Storehouse.open(settings.home, settings, clock, intake_only=collects_only)
        except BaseException:
            catalog.close()
            raise
        return cls(
            settings=settings, catalog=catalog, houses=houses, clock=clock, collects_only=collects_only
        )

    @property
    def clock_leap(self) -> int:
        """By how many milliseconds the machine's clock has leapt, until that is believed."""
        return self.clock.leap if isinstance(self.clock, SteadyClock) else 0

    def opened(self, project: str) -> ProjectStore | None:
        """Return a project's store if it is open already; never blocks."""
        return self._opened.get(project)

    def open_stores(self) -> dict[str, ProjectStore]:
        """Return the stores that are open, by project."""
        return dict(self._opened)

    def store(self, project: str) -> ProjectStore:
        """Return a project's store; the first time, its tail is read back and its columns are built."""
        found = self._opened.get(project)
        if found is None:
            with self._opening.setdefault(project, RLock()):  # who comes second asks nobody anything again
                return self._opened.get(project) or self._open_store(project)
        self.rules.see_to(project, found)
        return found

    def _open_store(self, project: str) -> ProjectStore:
        found = self.houses.project(project, self.answering.owed(project))
        self.rules.see_to(project, found, now=True)
        self.erasures.hide(project, found)
        if not self.collects_only:
            self.enriching.apply(project, found)
        self._opened[project] = found
        return found

    def _read_rules_again(self, project: str) -> None:
        self.arrivals.forget(project)
        self.rules.forget(project)
        self.rules.see_to(project, self.store(project), now=True)

    def policy(self, project: str) -> Policy:
        """Return what a project has decided about personal data."""
        with self.catalog.read() as db:
            return policy_of(db, project)

    def guard(self, project: str) -> Guard | None:
        """Return what is done with a project's identifiers before they are kept; None: they are kept as they are."""
        with self.catalog.read() as db:
            return guards(db, self.identifier_key).get(project)

    def delete(self, project: str) -> None:
        """Delete a project with all its facts, for good."""
        self._opened.pop(project, None)
        self.arrivals.forget(project)
        self.rules.forget(project)
        self.enriching.forget(project)
        self.houses.delete(project)
        with self.catalog.write() as db:
            db.delete(projects.get(db, project))
        self.write_keys.refresh()

    def close(self) -> None:
        """Store what has come in, and give everything back."""
        self.quality.close()
        self.queries.close()
        self.answering.close()
        self.erasures.close()
        self.executor.close()
        self.sql.close()
        self.houses.close()
        self.catalog.close()


def _tell_of_leap(leap: int) -> None:
    log.warning("the clock has leapt", seconds=round(leap / 1000))


def _alone() -> BadInput:
    return BadInput(
        "lake_not_shared",
        Text(
            "A collector puts events into a lake that a server reads; none is named.",
            "采集进程把事件写入由服务读取的共用数据湖，但没有指定数据湖。",
        ),
        field="TIDEWHEEL_LAKE",
        expected="s3://bucket/prefix | /folder/of/all/hosts",
        hint=Text(
            "Set TIDEWHEEL_LAKE and TIDEWHEEL_CATALOG_URL to those of the server.",
            "请把 TIDEWHEEL_LAKE 与 TIDEWHEEL_CATALOG_URL 设为与服务相同。",
        ),
    )
