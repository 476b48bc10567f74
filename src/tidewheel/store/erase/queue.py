"""Taking people out of an inbox, and of what a killed process has left beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tidewheel.store.erase.disk import may_name
from tidewheel.store.erase.events import spared
from tidewheel.store.erase.needles import Needles
from tidewheel.store.inbox.queue import Inbox


def clean_inbox(inbox: Inbox, folder: Path, needles: Needles) -> int:
    """Take people out of the dead letter and write the file anew; returns how many refused facts are gone."""
    gone = inbox.erase(lambda fact: may_name(fact, needles))
    inbox.compress()
    for left in folder.glob("then-*"):  # columns of the past that a killed process has left
        shutil.rmtree(left, ignore_errors=True)
    return gone


def settle(inbox: Inbox, folder: Path, owed: Iterable[Needles]) -> None:
    """Take people out of events that wait, before anybody has taken these, and out of the dead letter."""
    for needles in owed:
        inbox.strike(spared(needles))
        clean_inbox(inbox, folder, needles)
