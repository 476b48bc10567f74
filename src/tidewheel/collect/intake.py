"""What becomes of a request: every event in it is kept or rejected with a reason, whatever was sent.

Times: an event's time is the sender's. When ``sent_at`` shows that the sender's clock is more than 60 s off,
the whole minutes of the difference are added, the same for every event of the request.

The plan of the source is held against each event by itself, in our words. Where the source warns or blocks,
values are read as their property is declared if nothing is lost; ids are made of what was sent all the same.

Ids: two deliveries of one event have one id. An ``id`` given by the sender counts together with actor and
time as sent. Without one, the content counts, and the place among equal events of the request: sending the
same body again adds nothing. An event that has neither ``id`` nor ``time`` is told from the next equal one by
``sent_at``, or by the moment it came in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tidewheel.collect.circumstances import circumstances, completed
from tidewheel.collect.consent import read_consents
from tidewheel.collect.contract import Arrival, Decoded, Entry, Protocol, Request, Taken
from tidewheel.collect.identifiers import read_who
from tidewheel.collect.native import read_native
from tidewheel.collect.person import read_person
from tidewheel.collect.plan.rules import Violation
from tidewheel.collect.plan.tally import masked_sample
from tidewheel.collect.problems import Note, Refused, Rejection
from tidewheel.collect.times import read_time, zone_of
from tidewheel.collect.translating import renamed, translate
from tidewheel.collect.values import MONEY, SHOP_EVENTS, check_money, read_items, read_properties, shown
from tidewheel.collect.vocabulary import NOTHING, Vocabulary
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import shorten
from tidewheel.core.events import CONSENT, SET, Event
from tidewheel.core.ids import key64
from tidewheel.core.text import Text

FUTURE_MS: Final = 24 * 3_600_000
PAST_MS: Final = int(20 * 365.25 * 86_400_000)
SKEW_IGNORED_MS: Final = 60_000
LONGEST_NAME: Final = 200

_encode = msgspec.json.Encoder(order="deterministic").encode


def take(protocol: Protocol, request: Request, arrival: Arrival, sent: Any = None) -> Taken:
    """Return what a request brought; ``sent`` is what ``protocol.read`` gave, if it was read already.

    Raises a ``TidewheelError`` only when the body as a whole is no use.
    """
    if sent is None:
        sent = protocol.read(request, arrival.max_bytes)
    words = protocol.vocabulary if arrival.vocabulary is None else arrival.vocabulary
    return take_decoded(protocol.decode(sent, request, arrival), arrival, words)


def take_body(body: bytes, arrival: Arrival) -> Taken:
    """Take a body in the native form."""
    return take_decoded(read_native(body, arrival), arrival)


def take_events(events: Iterable[WireEvent], arrival: Arrival) -> Taken:
    """Take events that are at hand already; they count as one request."""
    return take_decoded(Decoded(list(events)), arrival)


def take_decoded(decoded: Decoded, arrival: Arrival, words: Vocabulary = NOTHING) -> Taken:
    """Judge each event of a request, put into our words."""
    return _Judge(decoded, arrival, words).judge()


def take_each(decoded: Decoded, arrival: Arrival, words: Vocabulary = NOTHING) -> Iterator[Taken]:
    """Judge the events of a request one by one, each as it would be among the others."""
    equals: dict[int, int] = {}
    for event in decoded.events:
        judge = _Judge(replace(decoded, events=[event], goods=()), arrival, words)
        judge.equals = equals
        yield judge.judge()


def skew_of(sent_at: int, received: int) -> int:
    """Return what to add to a sender's times: the clock difference in whole minutes, 0 within 60 s."""
    skew = received - sent_at
    if abs(skew) <= SKEW_IGNORED_MS:
        return 0
    return (skew + 30_000) // 60_000 * 60_000


class _Judge:
    """One request under judgement."""

    def __init__(self, decoded: Decoded, arrival: Arrival, words: Vocabulary) -> None:
        self.decoded, self.arrival, self.words = decoded, arrival, words
        self.guard = arrival.guard
        self.zone = zone_of(arrival.zone)
        self.taken = Taken([], 0, [], list(decoded.notes))
        self.given = circumstances(arrival)
        self.index = 0
        self.equals: dict[int, int] = {}
        self.sent_at = read_time(decoded.sent_at, self.zone) if decoded.sent_at is not None else None
        self.skew = 0 if self.sent_at is None else skew_of(self.sent_at, arrival.received)
        if decoded.sent_at is not None and self.sent_at is None:
            self.taken.notes.append(Note(None, "bad_sent_at", "sent_at", shown(decoded.sent_at)))

    def judge(self) -> Taken:
        taken, keep = self.taken, self.keep
        accepted, own = 0, self.words is NOTHING
        for index, entry in enumerate(self.decoded.events):
            self.index = index
            noted = len(taken.notes)
            try:
                if isinstance(entry, Entry):
                    raise entry.problem
                said = entry if own else translate(self.words, entry, self.tell)
                if said is not None:
                    said = said if self.guard is None else self.guard.sealed(said)
                    entry = said  # noqa: PLW2901 - what is refused is kept in our words
                    keep(said)
            except Refused as problem:
                del taken.notes[noted:]
                self.reject(problem, entry)
            except RecursionError:
                del taken.notes[noted:]
                self.reject(Refused("too_deep"), entry)
            else:
                accepted += 1
        goods = self.goods()
        return Taken(
            taken.events,
            accepted + len(goods),
            taken.rejected,
            taken.notes,
            goods,
            taken.violations,
            taken.blocked,
            dry=self.decoded.dry,
        )

    def goods(self) -> list[dict[str, Any]]:
        """Return the rows of the catalogue that came with the request."""
        rows = []
        for place, row in enumerate(self.decoded.goods):
            self.index = place
            try:
                rows.append(self.good(row, f"goods[{place}]"))
            except Refused as problem:
                self.reject(problem, Entry(problem, row))
        return rows

    def good(self, row: Mapping[str, Any], path: str) -> dict[str, Any]:
        read = read_properties(renamed(self.words.goods, dict(row), path, self.tell), path, self.tell)
        check_money(read, path)
        if not read.get("item_id"):
            raise Refused("missing_item_id", f"{path}.item_id")
        return read

    def keep(self, wire: WireEvent) -> None:
        name = self.name_of(wire)
        client_time, time = self.times_of(wire)
        who = read_who(wire.who or {}, self.tell, self.arrival.ranks)
        if self.guard is not None and self.guard.suppresses(who):
            raise Refused("suppressed", "who")
        actor, others = who[0], who[1:]
        properties = read_properties(wire.properties, "properties", self.tell) if wire.properties else {}
        items = read_items(wire.items, self.tell) if wire.items else []
        parts = read_person(wire.person, self.tell) if wire.person is not None else ()
        if self.arrival.plan is not None:
            self.hold_against_plan(name, who, wire, properties, items, parts)
        for place, item in enumerate(items):
            check_money(item, f"items[{place}]")
        if name in SHOP_EVENTS and not MONEY.isdisjoint(properties):
            check_money(properties, "properties")
        consents = read_consents(wire.consent, self.tell) if wire.consent else ()
        key = self.key_of(wire, actor, client_time)
        source, received = self.arrival.source, self.arrival.received
        add = self.taken.events.append
        if name is not None:
            if self.given or self.arrival.regions is not None:
                properties = completed(properties, self.given, self.arrival)
            add(Event(name, time, actor, key, source, received, properties, items, others))
            others = []
        elif not parts and not consents:
            parts = ((SET, {}),)
        for fact, values in parts:
            add(
                Event(
                    fact, time, actor, key64("person", fact, str(key)), source, received, values, [], others
                )
            )
            others = []
        for values in consents:
            about = (values["purpose"], values["channel"])
            add(
                Event(
                    CONSENT,
                    time,
                    actor,
                    key64("consent", *about, str(key)),
                    source,
                    received,
                    values,
                    [],
                    others,
                )
            )
            others = []

    def hold_against_plan(
        self,
        name: str | None,
        who: list[str],
        wire: WireEvent,
        properties: dict[str, Any],
        items: list[dict[str, Any]],
        parts: tuple[tuple[str, dict[str, Any]], ...],
    ) -> None:
        """Judge an event by the plan; reads values as declared in place, and refuses where the source blocks."""
        plan, taken = self.arrival.plan, self.taken
        assert plan is not None
        read = plan.mode != "observe"
        found: list[Violation] = []
        if name is not None:
            found = plan.rules.judge(name, who, properties, items, wire.properties, read=read)
        for fact, values in parts:
            sent = getattr(wire.person, fact[1:], None) or {}
            found += plan.rules.judge_person(fact, values, sent, read=read)
        if not found:
            return
        told = found if not plan.rules.muted else [
            one for one in found if not plan.silent(self.arrival.source, one)
        ]  # fmt: skip
        if plan.mode == "block" and told:
            taken.blocked.extend(found)
            first = told[0]
            got = masked_sample(first.got, sensitive=first.sensitive)
            raise Refused(first.code, first.place, got, first.expected, event=first.event, more=_more(told))
        taken.violations.extend(found)
        if plan.mode == "warn":
            taken.notes.extend(
                Note(
                    self.index, one.code, one.place, masked_sample(one.got, sensitive=one.sensitive),
                    {"event": one.event}, one.expected,
                )
                for one in told
            )  # fmt: skip

    def name_of(self, wire: WireEvent) -> str | None:
        name = wire.event
        if name is None:
            nothing = wire.person is None and not wire.consent
            if nothing or wire.properties or wire.items:
                raise Refused("missing_name", "event")
            return None
        name = name.strip()
        if not name:
            raise Refused("missing_name", "event", wire.event)
        if len(name) > LONGEST_NAME:
            raise Refused("bad_name", "event", name, LONGEST_NAME)
        if name[0] == "$":
            raise Refused("reserved_name", "event", name)
        return name

    def times_of(self, wire: WireEvent) -> tuple[int | None, int]:
        """Return the time as sent (None: not sent) and the corrected time."""
        received = self.arrival.received
        if wire.time is None:
            return None, received
        sent = read_time(wire.time, self.zone)
        if sent is None:
            raise Refused("bad_time", "time", shown(wire.time), "2026-11-21T10:00:00+08:00")
        time = sent + self.skew
        if time > received + FUTURE_MS:
            raise Refused("time_in_future", "time", shown(wire.time), when=self.written(time))
        if time < received - PAST_MS:
            raise Refused("time_too_old", "time", shown(wire.time), when=self.written(time))
        return sent, time

    def key_of(self, wire: WireEvent, actor: str, client_time: int | None) -> int:
        given = wire.id
        if type(given) is str:
            given = given.strip()
        if given is not None and given != "":
            return key64(actor, "" if client_time is None else str(client_time), str(given))
        stamp = next(at for at in (client_time, self.sent_at, self.arrival.received) if at is not None)
        said = (wire.event, stamp, wire.who, wire.properties, wire.items, wire.person)
        content = key64(canonical((*said, wire.consent) if wire.consent else said))
        ordinal = self.equals.get(content, 0)
        self.equals[content] = ordinal + 1
        return key64(actor, str(content), str(ordinal)) if ordinal else content

    def tell(self, code: str, field: str, got: Any) -> None:
        self.taken.notes.append(
            Note(self.index, code, field, shown(got) if code in ("junk_identifier", "not_numeric") else None)
        )

    def reject(self, problem: Refused, entry: WireEvent | Entry) -> None:
        got = problem.got if problem.code in ("wrong_type", "not_an_object") else shorten(shown(problem.got))
        body = self.body_of(entry.sent if isinstance(entry, Entry) else entry)
        if self.is_private(problem, entry):
            got, body = None, b""
        self.taken.rejected.append(
            Rejection(self.index, problem.code, problem.field, got, problem.expected, problem.values, body)
        )

    def is_private(self, problem: Refused, entry: WireEvent | Entry) -> bool:
        """Say whether what was sent may hold identifiers that must not be kept."""
        if self.guard is None:
            return False
        if self.guard.concerns(entry.sent if isinstance(entry, Entry) else entry):
            return True
        unread = isinstance(entry, Entry) or (problem.field or "").startswith("who")
        return problem.code == "suppressed" or (bool(self.guard.hashed) and unread)

    def body_of(self, sent: Any) -> bytes:
        """Return a native body that holds this event alone and reads the same at any later time."""
        if self.decoded.sent_at is None and type(sent) is not list:
            return _as_sent(sent)
        return _as_sent({"events": [sent], "sent_at": self.decoded.sent_at})

    def written(self, time: int) -> str:
        try:
            return datetime.fromtimestamp(time / 1000, UTC).astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        except (OverflowError, ValueError, OSError):
            return str(time)


def canonical(value: Any) -> bytes:
    """Return the JSON of a value with sorted names: equal for equal content."""
    try:
        return _encode(value)
    except OverflowError:  # whole numbers over 64 bits
        return json.dumps(msgspec.to_builtins(value), sort_keys=True, default=str).encode()


def _more(violations: list[Violation]) -> Text:
    """Say how much else is wrong with an event that is refused for the first of these."""
    rest = [one.place for one in violations[1:6]]
    if not rest:
        return Text("", "")
    names = ", ".join(rest)
    return Text(f" Also wrong: {names}.", f"另有问题：{names}。")


def _as_sent(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (OverflowError, RecursionError):
        try:
            return json.dumps(msgspec.to_builtins(value)).encode()
        except RecursionError:
            return b""
