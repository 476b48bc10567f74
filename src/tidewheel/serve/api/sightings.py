"""How one event that came in was understood, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request

from tidewheel.collect.explain import Explained, Made, ValueRead
from tidewheel.collect.plan import Mode, Violation, masked_sample
from tidewheel.collect.problems import Note
from tidewheel.collect.wording import Came as CameFrom
from tidewheel.core.events import Kind, Scope
from tidewheel.serve.access import Place, Viewer
from tidewheel.serve.api.fields import Moment, Reply, Title, iso
from tidewheel.serve.api.live import LiveFact, brief
from tidewheel.serve.arrivals import Came
from tidewheel.serve.errors import language_of
from tidewheel.serve.live import Seen, plain
from tidewheel.serve.routes import Router
from tidewheel.serve.sightings import (
    Withheld,
    body_of,
    found_in,
    gone,
    headers_of,
    person_of,
    withheld,
    worked_out,
)
from tidewheel.store.view import Snapshot

router = Router(prefix="/projects/{project}/live", tags=["live"])

SightingId = Annotated[
    str, Path(pattern="^[0-9]{1,15}-[0-9]{1,5}$", description="`id` of a fact of the stream")
]


class RequestSeen(Reply):
    """A request as it came. ``body`` is unpacked, keys are left out; ``withheld`` says why it is not shown."""

    method: str
    path: str
    headers: dict[str, str]
    bytes: int
    events: int
    body: Any
    withheld: Withheld | None


class ValueSeen(Reply):
    """A value as it is kept.

    ``made``: as sent; by ``words`` (renamed or converted) or ``set`` by them; from the ``request``; read as the
    ``plan`` declares. ``by`` names the entries of the words, such as ``events.$pageview.properties.$title``.
    """

    name: str
    value: Any
    kind: Kind
    made: Made
    sent_name: str | None
    sent_value: Any
    by: list[str]


class FactSeen(Reply):
    """One fact that the event became, under ``actor``. ``properties`` of a person fact are the person's."""

    id: str
    name: str
    time: Moment
    actor: str
    properties: list[ValueSeen]
    items: list[list[ValueSeen]]


class AddedSeen(Reply):
    """A property that is worked out whenever a question is asked; ``by`` is the enrichment."""

    name: str
    scope: Scope
    item: int | None
    value: Any
    kind: Kind
    made: str
    by: str
    title: Title


class LinkSeen(Reply):
    """Two identifiers that the event says belong together."""

    a: str
    b: str


class RemarkSeen(Reply):
    """Something about the event its sender should know of. ``muted``: nobody wants to hear of it."""

    code: str
    field: str | None
    message: str
    got: Any
    expected: Any
    hint: str | None
    muted: bool


class PersonSeen(Reply):
    """Whose it is now."""

    id: str
    identifiers: list[str]


class Dropped(Reply):
    """A value that the words leave out, and by which entries."""

    name: str
    value: Any
    made: str
    by: list[str]


class SightingReply(Reply):
    """One event that came in.

    ``sent`` is the event as its protocol reads it, by the vendor's names. ``words`` are the entries that named it.
    ``own_words``: the source's own, not the protocol's. ``facts`` are what it became, or with ``would`` what it would have become
    had the plan not refused it. ``plan_mode`` None: nothing is planned. ``left_out``: no question counts it (a bot).
    """

    fact: LiveFact
    request: RequestSeen
    sent: Any
    words: list[str]
    own_words: bool
    dropped: list[Dropped]
    facts: list[FactSeen]
    would: bool
    links: list[LinkSeen]
    added: list[AddedSeen]
    left_out: bool
    plan_mode: Mode | None
    violations: list[RemarkSeen]
    notes: list[RemarkSeen]
    problem: RemarkSeen | None
    person: PersonSeen | None


@router.get("/{sighting_id}")
def get_sighting(sighting_id: SightingId, request: Request, place: Viewer) -> SightingReply:
    """Return how one event was understood; the last requests are kept, in memory alone."""
    number, _, index = sighting_id.partition("-")
    came = place.installation.arrivals.find(place.project.id, int(number))
    if came is None:
        raise gone(sighting_id)
    found = found_in(came, int(index))
    said = _Said(came, found, place, language_of(request.headers))
    return said.whole()


class _Said:
    """One event in words."""

    def __init__(self, came: Came, found: Explained | None, place: Place, language: Any) -> None:
        self.came, self.found, self.place, self.language = came, found, place, language
        self.snapshot: Snapshot = place.snapshot()
        rejected = found.sighting.taken.rejected if found else []
        self.kept_back = withheld(came, [one.code for one in rejected])

    def whole(self) -> SightingReply:
        found, came = self.found, self.came
        sighting = found.sighting if found else None
        facts = [] if found is None else found.facts
        events = [] if sighting is None else sighting.taken.events
        added, left_out = worked_out(self.snapshot, facts[0].event) if facts else ([], False)
        person = person_of(self.snapshot, events[0].actor) if events and not self.came.dry else None
        plan = came.arrival.plan
        return SightingReply(
            fact=brief(Seen(came, sighting)),
            request=self.request(),
            sent=None if sighting is None or self.kept_back else self.masked(plain(sighting.sent)),
            words=list(found.words.by) if found and found.words else [],
            own_words=came.arrival.vocabulary is not None,
            dropped=self.dropped(),
            facts=[
                FactSeen(
                    id=f"{one.event.id:016x}",
                    name=one.event.name,
                    time=one.event.time,
                    actor=one.event.actor,
                    properties=[self.value(value) for value in one.properties],
                    items=[[self.value(value) for value in item] for item in one.items],
                )
                for one in facts
            ],
            would=found.would if found else False,
            links=[LinkSeen(a=event.actor, b=other) for event in events for other in event.others],
            added=[
                AddedSeen(
                    name=one.name, scope=one.scope, item=one.item, value=_json(one.value), kind=one.kind,
                    made="enrichment", by=one.by, title=Title(en=one.title.en, zh=one.title.zh),
                )
                for one in added
            ],
            left_out=left_out,
            plan_mode=None if plan is None else plan.mode,
            violations=self.violations(),
            notes=self.notes(),
            problem=self.problem(),
            person=None if person is None else PersonSeen(id=person[0], identifiers=person[1]),
        )  # fmt: skip

    def request(self) -> RequestSeen:
        asked = self.came.request
        body, why = (None, self.kept_back) if self.kept_back else body_of(self.came)
        masking = self.place.masking
        if masking is not None and isinstance(body, str):
            body, why = None, "unreadable"  # names in it cannot be told from other words
        return RequestSeen(
            method=asked.method,
            path=asked.path,
            headers=headers_of(asked),
            bytes=len(asked.body),
            events=self.came.events,
            body=self.masked(body),
            withheld=why,
        )

    def masked(self, value: Any) -> Any:
        """Mask what was sent for those who may not see it: the vendor's names of personal values count too."""
        masking = self.place.masking
        if masking is None:
            return value
        words = self.found.words if self.found else None
        also = {
            came.origin.name
            for held in (words.places.values() if words else ())
            for name, came in held.items()
            if came.origin is not None and masking.names(name)
        }
        return masking.raw(value, also)

    def value(self, one: ValueRead) -> ValueSeen:
        origin = one.came.origin
        return ValueSeen(
            name=one.name,
            value=_json(one.value),
            kind=one.kind,
            made=one.made,
            sent_name=origin.name if origin else None,
            sent_value=_json(origin.value) if origin and not self.kept_back else None,
            by=list(one.came.by),
        )

    def dropped(self) -> list[Dropped]:
        words = self.found.words if self.found else None
        lost: tuple[CameFrom, ...] = words.dropped if words and not self.kept_back else ()
        return [
            Dropped(name=one.origin.name, value=_json(one.origin.value), made="dropped", by=list(one.by))
            for one in lost
            if one.origin is not None
        ]

    def violations(self) -> list[RemarkSeen]:
        plan = self.came.arrival.plan
        if plan is None or self.found is None:
            return []
        taken = self.found.sighting.taken
        return [
            self.remark(_note(one), muted=plan.silent(self.came.arrival.source, one))
            for one in (*taken.violations, *taken.blocked)
        ]

    def notes(self) -> list[RemarkSeen]:
        if self.found is None:
            return []
        return [
            self.remark(one)
            for one in self.found.sighting.taken.notes
            if not one.code.startswith("plan_")  # told as violations
        ]

    def remark(self, note: Note, *, muted: bool = False) -> RemarkSeen:
        return RemarkSeen(
            **{k: v for k, v in note.describe(self.language).items() if k != "index"}, muted=muted
        )

    def problem(self) -> RemarkSeen | None:
        if self.found is None:
            assert self.came.error is not None
            said = self.came.error.describe(self.language)
            if self.kept_back:
                said["got"] = None
            return RemarkSeen(**said, muted=False)
        rejected = self.found.sighting.taken.rejected
        if not rejected:
            return None
        return RemarkSeen(
            **{k: v for k, v in rejected[0].describe(self.language).items() if k != "index"}, muted=False
        )


def _note(one: Violation) -> Note:
    got = masked_sample(one.got, sensitive=one.sensitive)
    return Note(None, one.code, one.place, got, {"event": one.event}, one.expected)


def _json(value: Any) -> Any:
    return iso(int(value.timestamp() * 1000)) if isinstance(value, datetime) else plain(value)
