"""This process among those that share a lake: what it is known by, and the key to what is left for it."""

from __future__ import annotations

import json
import socket
from functools import cached_property
from typing import Any, Final

from tidewheel.core.clock import Clock
from tidewheel.core.settings import Settings
from tidewheel.store.catalog import Catalog, Session, envelopes, processes
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.durable import kept_private, make_folder

FILE: Final = "process.key"


class Membership:
    """The place of a data folder among the processes of a lake. Nobody else writes into a lake that is not shared."""

    def __init__(self, settings: Settings, catalog: Catalog, clock: Clock, *, collects: bool) -> None:
        self._settings, self._catalog, self._clock = settings, catalog, clock
        self.collects = collects
        self.shared = settings.lake is not None
        if self.shared:
            self.sign_in()

    @property
    def id(self) -> str:
        """What the data folder is known by, wherever it is attached."""
        return str(self._kept["id"])

    @cached_property
    def _kept(self) -> dict[str, str]:
        make_folder(self._settings.home)
        found: dict[str, str] = json.loads(kept_private(self._settings.home / FILE, _new))
        return found

    def sign_in(self) -> None:
        """Take note that this process runs."""
        with self._catalog.write() as db:
            processes.sign_in(
                db,
                self.id,
                host=socket.gethostname(),
                folder=str(self._settings.home.resolve()),
                role="collector" if self.collects else "server",
                public_key=envelopes.public(self._kept["key"]),
                now=self._clock(),
            )

    def seen(self, db: Session) -> None:
        """Take note that this process still runs."""
        processes.seen(db, self.id, self._clock())

    def gone_before(self) -> int:
        """Return the moment since which a process must have been seen to be waited for."""
        return self._clock() - int(self._settings.erasure_wait_seconds * 1000)

    def pause(self) -> float:
        """Return the seconds from one look at what is asked to the next."""
        return min(self._settings.refresh_seconds, self._settings.erasure_wait_seconds / 4)

    def read(self, note: str) -> dict[str, Any]:
        """Return what was left for this data folder alone."""
        return envelopes.open_with(self._kept["key"], note)


def _new() -> str:
    return json.dumps({"id": new_id(), "key": envelopes.new_key()})
