"""What a server does at night: each project's answers are verified on some of its people."""

from __future__ import annotations

import threading

import structlog

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.run import Asking
from tidewheel.core.clock import out_of_reach
from tidewheel.core.errors import Cancelled
from tidewheel.core.period import DAY, HOUR
from tidewheel.identify.resolve import resolve
from tidewheel.serve import segments, verifying
from tidewheel.serve.installation import Installation
from tidewheel.serve.picks import picks_of
from tidewheel.serve.privacy.retention import expire
from tidewheel.store.catalog import Project, projects
from tidewheel.store.project import ProjectStore

HOUR_OF_NIGHT = 3
PEOPLE = 2_000
LOOK_SECONDS = 60.0
HOURS_AHEAD = 48
"""A night further ahead than this was claimed while a clock was wrong."""

log = structlog.get_logger(__name__)


class Nightly:
    """Verifies every open project once a night, at three in its own zone, on about two thousand people.

    Of several servers on one lake, the first to claim a night does it.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._stop, self._ending = Stop(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="nightly", daemon=True)

    def start(self) -> None:
        """Begin to look what is due."""
        self._thread.start()

    def close(self) -> None:
        """Stop, in the middle of a check if need be."""
        self._stop.set()
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def due(self) -> list[Project]:
        """Return the open projects whose night has come and whose answers were not verified since."""
        now = self._installation.clock()
        with self._installation.catalog.read() as db:
            found = [(one, _night(now, one)) for one in projects.listed(db)]
        stores = self._installation.open_stores()
        return [
            one for one, night in found if night is not None and _not_verified(stores.get(one.id), night, now)
        ]

    def claim(self, project: Project) -> bool:
        """Take a project's night, unless another server has taken it."""
        night = _night(self._installation.clock(), project)
        store = self._installation.store(project.id)
        return night is not None and store.claim("nightly", night // HOUR, reach=HOURS_AHEAD)

    def expire(self, project: Project) -> int:
        """Drop what is older than the project keeps; returns how many events."""
        found = expire(self._installation, project)
        if found:
            log.info("expired", project=project.id, events=found)
        return found

    def check(self, project: Project) -> bool:
        """Verify one project; returns whether all agreed."""
        installation = self._installation
        store = installation.store(project.id)
        people = resolve(store.snapshot()).count
        asking = Asking(
            projects.calendar_of(project),
            installation.clock(),
            installation.executor,
            stop=self._stop,
            table=store.read_table,
            segment=segments.lookup(installation, project.id),
            honours=installation.policy(project.id).leave_out_withdrawn,
            picks=picks_of(installation, project.id),
        )
        share = min(1.0, PEOPLE / max(people, 1))
        report = verifying.check(installation, project.id, store, asking, share, installation.clock() // DAY)
        tell = log.info if report["agreed"] else log.error
        tell("verified", project=project.id, agreed=report["agreed"], questions=len(report["verdicts"]))
        return bool(report["agreed"])

    def _run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            try:
                due = self.due()
            except Exception:
                log.exception("nightly work not looked at")
                continue
            for project in due:
                try:
                    if self.claim(project):
                        self.expire(project)
                        self.check(project)
                except Cancelled:
                    return
                except Exception:
                    log.exception("not verified", project=project.id)


def _night(now: int, project: Project) -> int | None:
    """Return when the project's night began; None in the rest of the day."""
    calendar = projects.calendar_of(project)
    night = calendar.floor(now, "day") + HOUR_OF_NIGHT * HOUR
    return night if night <= now < night + HOUR else None


def _not_verified(store: ProjectStore | None, night: int, now: int) -> bool:
    """Say whether a store is open whose answers were not verified since a moment."""
    if store is None:
        return False
    found = verifying.last_report(store)
    if found is None:
        return True
    checked_at = int(found["checked_at"])
    return checked_at < night or out_of_reach(checked_at, now)
