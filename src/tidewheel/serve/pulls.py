"""What a server does all day for connectors: reads those that are due, and tells of failures."""

from __future__ import annotations

import threading
from random import Random
from typing import Final

import structlog

from tidewheel.act.contract import CHANNELS, Message, Sending, Undelivered
from tidewheel.analyse.executor import Stop
from tidewheel.collect.pull import Schedule, forget_copies
from tidewheel.core.clock import STEP_MS
from tidewheel.core.errors import TidewheelError
from tidewheel.core.period import DAY
from tidewheel.core.text import Language, Text
from tidewheel.serve import connectors as settings
from tidewheel.serve.installation import Installation
from tidewheel.serve.pulling import run
from tidewheel.store.catalog import Connector, connectors, destinations, projects

LOOK_SECONDS: Final = 2.0
TELL_SECONDS: Final = 30.0
AT_ONCE: Final = 2
PATIENCE: Final = 3
"""How often a failure that may pass is tried before anybody is told."""

log = structlog.get_logger(__name__)


class Pulls:
    """Two runs at once, and a thread that tells. Of several servers on one catalog, the first to claim one reads it."""

    def __init__(
        self, installation: Installation, dice: Random | None = None, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._installation, self._look_seconds = installation, look_seconds
        self._dice = dice or Random()  # noqa: S311 - spreads attempts over time, hides nothing
        self._stop, self._ending = Stop(), threading.Event()
        self._saw: int | None = None
        self._busy = threading.Lock()
        self._threads = [
            *(
                threading.Thread(target=self._read, name=f"connectors-{n}", daemon=True)
                for n in range(AT_ONCE)
            ),
            threading.Thread(target=self._tell, name="connectors-tell", daemon=True),
        ]

    def start(self) -> None:
        """End what an earlier process left behind, and begin to look what is due."""
        forget_copies(settings.scratch_of(self._installation))
        with self._installation.catalog.write() as db:
            connectors.free(db, self._installation.holder)
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop between two batches; the next start goes on there."""
        self._stop.set()
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def read_due(self) -> int:
        """Read what is due, one after the other; returns how many were read here."""
        done = 0
        while not self._ending.is_set():
            now = self._installation.clock()
            if self._saw is None or now < self._saw - STEP_MS:
                self.bring_back(now)
            self._saw = now
            with self._installation.catalog.read() as db:
                waiting = connectors.due(db, now)
            read = 0
            for one in waiting:
                self._stop.check()
                by = one.wanted_by or "schedule"
                read += run(self._installation, one, by, self._stop, self._dice) is not None
                if read:
                    break
            if not read:
                return done
            done += read
        return done

    def bring_back(self, now: int) -> int:
        """Read earlier what was put off further than its schedule says, while the clock was ahead; returns how many."""
        found = 0
        with self._installation.catalog.write() as db:
            zones = {one.id: one.time_zone for one in projects.listed(db)}
            for one in connectors.later(db, now):
                usual = Schedule.model_validate(one.schedule).after(now, zones[one.project_id])
                latest = max(usual or now, now + DAY if one.failures else 0)
                if one.next_at is not None and one.next_at > latest:
                    one.next_at, found = latest, found + 1
        return found

    def tell_due(self) -> int:
        """Tell of problems, and of those that are over; returns how many messages were taken."""
        with self._installation.catalog.read() as db:
            waiting = [one for one in connectors.untold(db) if _worth_telling(one)]
        return sum(tell(self._installation, one) for one in waiting)

    def _read(self) -> None:
        while not self._ending.wait(self._look_seconds):
            try:
                self.read_due()
            except TidewheelError:
                continue
            except Exception:
                log.exception("connectors not looked at")

    def _tell(self) -> None:
        wait = TELL_SECONDS
        while not self._ending.wait(wait):
            wait = TELL_SECONDS
            try:
                self.tell_due()
            except Exception:
                log.exception("connectors not told of")
                wait = TELL_SECONDS * 10


def _worth_telling(one: Connector) -> bool:
    if not one.tell:
        return False
    if one.problem is None:
        return True
    return not one.problem.get("passing") or one.failures >= PATIENCE


def tell(installation: Installation, one: Connector) -> int:
    """Send how a connector stands to those who want to know; returns how many took it."""
    now = installation.clock()
    with installation.catalog.read() as db:
        project = projects.get(db, one.project_id)
        targets = [found for name in one.tell if (found := destinations.find(db, one.project_id, name))]
    later = taken = 0
    for target in targets:
        language: Language = "zh" if target.language == "zh" else "en"
        channel = CHANNELS.get(target.channel)()
        try:
            where = channel.Target.model_validate(target.target)
            said = message(one, project.name, installation.settings.public_url, language)
            channel.send(where, said, Sending(f"{one.name}-{now}", now, installation.settings))
            taken += 1
        except Undelivered as error:
            later += error.again
            log.warning("message not sent", project=one.project_id, connector=one.name, why=error.say("en"))
    if taken or not later:
        with installation.catalog.write() as db:
            held = connectors.find(db, one.project_id, one.name)
            if held is not None and (held.problem is None) == (one.problem is None):
                held.told = one.problem is not None
    return taken


def message(one: Connector, project: str, public_url: str | None, language: Language) -> Message:
    """Return what is said of a connector."""
    link = f"{public_url.rstrip('/')}/p/{one.project_id}/data/connectors" if public_url else None
    facts = [(Text("Project", "项目").say(language), project)]
    if one.problem is None:
        title = Text("Connector {name} reads again", "连接器 {name} 已恢复读取")
        return Message(
            "recovered", title.say(language, name=one.name), tuple(facts), link, _data(one), language
        )
    title = Text("Connector {name} does not read", "连接器 {name} 读取失败")
    facts.append((Text("Reason", "原因").say(language), one.problem["message"][language]))
    if one.problem["hint"][language]:
        facts.append((Text("What to do", "处理建议").say(language), one.problem["hint"][language]))
    return Message("fired", title.say(language, name=one.name), tuple(facts), link, _data(one), language)


def _data(one: Connector) -> dict[str, str | None]:
    code = one.problem["code"] if one.problem else None
    return {"project": one.project_id, "connector": one.name, "code": code}
