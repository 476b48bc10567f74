"""One event that came in, in full: what of it may be shown, what is worked out of it, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from tidewheel.collect.contract import Request, explicit_key
from tidewheel.collect.enrich import ENRICHMENTS
from tidewheel.collect.explain import Explained, explain
from tidewheel.core.errors import NotFound, TidewheelError
from tidewheel.core.events import PERSON_FACTS, Event, Kind, Scope, kind_of
from tidewheel.core.text import Text
from tidewheel.identify import people
from tidewheel.serve.arrivals import Came
from tidewheel.serve.live import decoded, plain
from tidewheel.serve.privacy.masking import HIDDEN
from tidewheel.store.enriched import Said
from tidewheel.store.view import Snapshot

Withheld: TypeAlias = Literal["hashed", "erased", "large", "unreadable"]
"""Why what was sent is not shown: identifiers are hashed here; it names somebody who was erased; its size; its form."""
_LARGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Added:
    """A property that is worked out whenever a question is asked. ``item``: its place among the items."""

    name: str
    scope: Scope
    item: int | None
    value: Any
    kind: Kind
    by: str
    title: Text


def found_in(came: Came, index: int) -> Explained | None:
    """Return one event of a request; None for a request of which nothing could be read."""
    if came.error is not None:
        return None
    held = decoded(came)
    if index >= len(held.events):
        raise gone(f"{came.number}-{index}")
    return explain(came.protocol, held, came.arrival, index)


def gone(wanted: str) -> NotFound:
    """Return the error for what is kept no longer."""
    return NotFound(
        "sighting_gone",
        Text("This event is not kept for looking at any more.", "该事件已不在可查看的缓存中。"),
        got=wanted,
        hint=Text(
            "Only the last requests are kept, in memory. Watch Data → Live while the event is sent.",
            "只在内存中保留最近的请求。请在上报时打开 数据 → 实时 查看。",
        ),
    )


def withheld(came: Came, codes: Iterable[str]) -> Withheld | None:
    """Say why nothing of what was sent is shown; None where it may be."""
    if "suppressed" in codes:
        return "erased"
    return "hashed" if came.arrival.guard is not None and came.arrival.guard.hashed else None


def body_of(came: Came) -> tuple[Any, Withheld | None]:
    """Return a request's body, unpacked, as a JSON value without the keys in it; or why it is not shown."""
    try:
        sent = came.protocol.read(came.request, came.arrival.max_bytes)
    except TidewheelError:
        return None, "unreadable"
    keys = {key for key in (*came.protocol.keys(came.request, sent), explicit_key(came.request)) if key}
    if isinstance(sent, bytes):
        text = sent.decode("utf-8", "replace")
        value = plain_json(text)
    else:
        value = plain(sent)
    if len(str(value)) > _LARGEST:
        return None, "large"
    return without(value, keys), None


def plain_json(text: str) -> Any:
    """Return the JSON value of a text, or the text where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def without(value: Any, secrets: set[str]) -> Any:
    """Return a JSON value in which each of the secrets is hidden."""
    if isinstance(value, dict):
        return {name: without(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [without(one, secrets) for one in value]
    return HIDDEN if isinstance(value, str) and value in secrets else value


def worked_out(snapshot: Snapshot, event: Event) -> tuple[list[Added], bool]:
    """Return what the rules in force add to an event, and whether they leave it out of questions."""
    if snapshot.enricher is None or event.name in PERSON_FACTS:
        return [], False
    said, items = _said(event.properties), [_said(item) for item in event.items]
    before = [set(said), *map(set, items)]
    left_out = snapshot.enricher.complete(event.time, said, items)
    found = []
    for at, (held, known) in enumerate(zip([said, *items], before, strict=True)):
        for (name, kind), value in held.items():
            if (name, kind) not in known:
                scope: Scope = "item" if at else "event"
                by, title = _adder(name, scope)
                found.append(Added(name, scope, at - 1 if at else None, value, kind, by, title))
    return found, left_out


def _said(properties: Mapping[str, Any]) -> Said:
    return {(name, kind_of(value)): value for name, value in properties.items()}


def _adder(name: str, scope: Scope) -> tuple[str, Text]:
    for kind in ENRICHMENTS.all().values():
        if any(one.property == name and one.scope == scope for one in kind.adds):
            return kind.name, kind.title
    return "", Text(name, name)


def person_of(snapshot: Snapshot, actor: str) -> tuple[str, list[str]] | None:
    """Return the person an identifier belongs to now, and all identifiers; None where it has not been seen (yet)."""
    try:
        return people.who_is(snapshot, actor)
    except NotFound:
        return None


def headers_of(request: Request) -> dict[str, str]:
    """Return what a request says of its body and its sender's program."""
    names = ("content-type", "content-encoding", "user-agent", "x-test-key")
    return {name: request.headers[name] for name in names if request.headers.get(name)}
