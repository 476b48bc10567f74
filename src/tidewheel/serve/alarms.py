"""What a server does all day: judges the periods that are over and what arrives, and sends what there is to tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from random import Random

import structlog

from tidewheel.analyse.executor import Stop
from tidewheel.core.errors import Cancelled
from tidewheel.serve.alerting import deliver_due, due, judge_period, looked
from tidewheel.serve.arrival_alerts import arrivals_due, judge_look
from tidewheel.serve.errors import internal
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Alert, AlertCheck, Project

LOOK_SECONDS = 30.0
SEND_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Alarms:
    """Two threads: a slow receiver does not hold up judging, a long question does not hold up sending."""

    def __init__(self, installation: Installation, dice: Random | None = None) -> None:
        self._installation = installation
        self._dice = dice or Random()  # noqa: S311 - spreads attempts over time, hides nothing
        self._stop, self._ending = Stop(), threading.Event()
        self._threads = [
            threading.Thread(target=self._judge, name="alerts", daemon=True),
            threading.Thread(target=self._send, name="messages", daemon=True),
        ]

    def start(self) -> None:
        """Begin to look what is due."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop, in the middle of a question if need be; what was not sent waits for the next start."""
        self._stop.set()
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def judge_due(self) -> int:
        """Judge every period and look that is due; returns how many had something to keep."""
        self._installation.warmth.wait(self._stop)
        settled = 0
        for project, alert, span in due(self._installation):
            judge = partial(judge_period, self._installation, project, alert, span, self._stop)
            settled += self._settle(project, alert, judge)
        for project, alert, moment in arrivals_due(self._installation):
            judge = partial(judge_look, self._installation, project, alert, moment)
            settled += self._settle(project, alert, judge)
        return settled

    def _settle(self, project: Project, alert: Alert, judge: Callable[[], AlertCheck | None]) -> bool:
        try:
            return judge() is not None
        except Cancelled:
            raise
        except Exception:
            log.exception("alert not judged", project=project.id, alert=alert.name)
            looked(self._installation, alert, internal(f"{project.id}/{alert.name}"))
            return False

    def send_due(self) -> int:
        """Make the attempts that are due; returns how many."""
        return deliver_due(self._installation, self._dice)

    def _judge(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            try:
                self.judge_due()
            except Cancelled:
                return
            except Exception:
                log.exception("alerts not looked at")

    def _send(self) -> None:
        while not self._ending.wait(SEND_SECONDS):
            try:
                while self.send_due() and not self._ending.is_set():
                    pass
            except Exception:
                log.exception("messages not sent")
