"""Picked events between the catalog, which keeps what they mean, and questions, which ask for them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from tidewheel.analyse.picks import Picks, pick_of
from tidewheel.analyse.run import Asking, Stored, ask, check_withheld
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model import PickDefinition, parse_pick
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import picks, shared_secrets

DAYS: Final = 7
TRIED: Final = "tried"
PICKING_MS: Final = 30 * 60_000
"""How long a page may be picked from after it was opened."""


class Tried(BaseModel):
    """What a definition covers: events and people of the last seven days, the days oldest first, and of ever."""

    events: int
    people: int
    daily: list[int]
    ever: int


def picks_of(installation: Installation, project: str) -> Picks:
    """Return a project's picked events as questions use them."""
    with installation.catalog.read() as db:
        return {
            one.name: pick_of(one.name, parse_pick(one.name, one.definition))
            for one in picks.listed(db, project)
        }


def check(wanted: dict[str, PickDefinition], kept: set[str], stored: set[str]) -> None:
    """Raise where a name is taken by events that arrive under it, or a rule builds on a picked event."""
    for name in wanted:
        if name in stored:
            raise BadInput(
                "pick_name_taken",
                Text(
                    "Events named {name} arrive; a picked event needs a name of its own.",
                    "已有名为 {name} 的事件上报，圈选事件需要另起名字。",
                ),
                field=name,
                got=name,
                hint=Text("Choose another name.", "请换一个名字。"),
                name=name,
            )
    for name, means in wanted.items():
        for at, rule in enumerate(means.any_of):
            if rule.event in kept | set(wanted):
                raise BadInput(
                    "pick_on_pick",
                    Text(
                        "{name} builds on {event}, which is picked itself.",
                        "{name} 引用了 {event}，而它本身就是圈选事件。",
                    ),
                    field=f"{name}.any_of.{at}.event",
                    got=rule.event,
                    expected=sorted(stored)[:50],
                    hint=Text("Name an event that arrives.", "请选择实际上报的事件。"),
                    name=name,
                    event=rule.event,
                )


def tried(store: Stored, means: PickDefinition, asking: Asking) -> Tried:
    """Return what a definition covers now."""
    check_withheld(means, asking)
    here = replace(asking, picks={TRIED: pick_of(TRIED, means)})
    step = {"any_of": [{"event": TRIED}]}
    kinds = [{"step": step, "measure": {"kind": kind}} for kind in ("count", "people")]
    lately = {"series": kinds, "period": {"last": DAYS, "unit": "day"}, "grain": "day"}
    count, people = ask(store, "trends", lately, here).result.lines
    whole = {"series": kinds[:1], "period": {"from": "2000-01-01", "to": "2099-12-31"}, "grain": "total"}
    ever = ask(store, "trends", whole, here).result.lines[0]
    return Tried(
        events=int(count.total or 0),
        people=int(people.total or 0),
        daily=[int(value or 0) for value in count.values],
        ever=int(ever.total or 0),
    )


def picking_secret(installation: Installation) -> str:
    """Return what tokens of the picker are signed with."""
    with installation.catalog.write() as db:
        return shared_secrets.get(db, "picker")


def sign(secret: str, project: str, now: int) -> str:
    """Return what lets a page load the picker for a while."""
    said = f"{project}.{now + PICKING_MS}"
    return f"{said}.{_seal(secret, said)}"


def signed(secret: str, token: str, now: int) -> bool:
    """Tell whether a token is ours and still good."""
    said, _, seal = token.rpartition(".")
    until = said.rpartition(".")[2]
    good = hmac.compare_digest(seal.encode(), _seal(secret, said).encode())
    return good and until.isdigit() and now < int(until) <= now + 2 * PICKING_MS


def _seal(secret: str, said: str) -> str:
    digest = hmac.new(secret.encode(), f"picker:{said}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
