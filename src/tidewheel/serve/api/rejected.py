"""Events that were refused: why, and sending them in again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Query, Request
from pydantic import Field, model_validator

from tidewheel.collect.contract import Arrival
from tidewheel.collect.intake import take_body
from tidewheel.collect.plan import SourcePlan
from tidewheel.core.errors import BadInput, NotAllowed, NotFound, TidewheelError, Unfit
from tidewheel.core.text import Text
from tidewheel.serve.access import Editor, Place, Viewer
from tidewheel.serve.api.fields import Body, Limit, Moment, Offset, Reply
from tidewheel.serve.errors import language_of
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import sources
from tidewheel.store.rejected import Rejected

router = Router(prefix="/projects/{project}/rejected", tags=["rejected"])

_PAGE = 1_000
Planned: TypeAlias = Mapping[str, SourcePlan]


class CodeCount(Reply):
    """How many were refused for one reason."""

    code: str
    count: int


class RejectedEvent(Reply):
    """One refused event as it was sent, and the reason in the asker's language."""

    id: str
    received: Moment
    source: str
    code: str
    field: str | None
    message: str
    hint: str | None
    got: Any
    expected: Any
    body: Any


class RejectedPage(Reply):
    """Part of the refused events, newest first. ``total`` counts those of the wanted reason."""

    total: int
    by_code: list[CodeCount]
    items: list[RejectedEvent]


EventId = Annotated[str, Field(pattern="^[0-9]{1,18}$")]


class Chosen(Body):
    """Which ones: by id, by reason, or all; exactly one of the three."""

    ids: Annotated[list[EventId], Field(max_length=10_000)] | None = None
    code: Annotated[str, Field(max_length=64)] | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Chosen:
        if sum(part is not None for part in (self.ids, self.code, self.all)) != 1:
            raise Unfit(Text("send exactly one of ids, code and all", "ids、code、all 只能填写其一"))
        return self


class Mended(Body):
    """The event as it should have been sent, in the form of ``POST /v1/events``; ``dry_run`` only says whether it is good."""

    event: dict[str, Any]
    dry_run: bool = False


class Replayed(Reply):
    """How many were kept this time, and how many were refused again."""

    accepted: int
    rejected: int


class Removed(Reply):
    """How many were removed."""

    removed: int


@router.get("")
def list_rejected(
    request: Request,
    place: Viewer,
    offset: Offset = 0,
    limit: Limit = 50,
    code: Annotated[str | None, Query(max_length=64)] = None,
) -> RejectedPage:
    """List refused events with their reasons."""
    inbox = place.store.inbox
    counts = inbox.rejected_counts()
    language = language_of(request.headers)
    return RejectedPage(
        total=counts.get(code, 0) if code else sum(counts.values()),
        by_code=[CodeCount(code=name, count=count) for name, count in counts.items()],
        items=[
            RejectedEvent(
                id=str(kept.id),
                received=kept.received,
                source=kept.source,
                body=_readable(kept.body),
                **kept.describe(language),
            )
            for kept in inbox.rejected(offset=offset, limit=limit, code=code)
        ],
    )


@router.post("/replay")
def replay_rejected(body: Chosen, place: Editor) -> Replayed:
    """Send refused events in again; those that are good now are kept and leave the list."""
    accepted = rejected = 0
    planned = _planned(place)
    for page in _chosen(body, place):
        mended, events = [], []
        for kept in page:
            found = _take_again(kept, place, planned)
            if found is None:
                rejected += 1
            else:
                events += found
                mended.append(kept.id)
        place.store.append(events).result()
        accepted += place.store.inbox.delete_rejected(mended)
    place.note("rejected_replayed", "", accepted=accepted, rejected=rejected)
    return Replayed(accepted=accepted, rejected=rejected)


@router.put("/{rejected_id}")
def mend_rejected(rejected_id: EventId, body: Mended, place: Editor) -> Replayed:
    """Keep a refused event as it should have been: it gets the time, and the id, it would have had then.

    Whoever sees events masked cannot: what is masked would be kept for good.
    """
    if place.masking is not None:
        raise NotAllowed(
            "masked_cannot_mend",
            Text(
                "Your role sees personal data masked, so it cannot change what was sent.",
                "你的角色看到的个人信息已脱敏，不能修改原始上报。",
            ),
            got=place.role,
            expected=place.policy.sees_personal_data,
            hint=Text("Ask somebody who may see personal data.", "请让有权查看个人信息的同事来改。"),
        )
    kept = next(iter(place.store.inbox.rejected_by_id([int(rejected_id)])), None)
    if kept is None:
        raise NotFound(
            "no_such_rejected",
            Text("This event is not among the refused ones.", "该事件不在被拒收的事件中。"),
            got=rejected_id,
            hint=Text("Somebody may have mended or removed it.", "可能已被他人修复或移除。"),
        )
    sent_at = _sent_at(kept.body)
    mended = {"events": [body.event]} | ({} if sent_at is None else {"sent_at": sent_at})
    arrival = _arrival(kept, place, _planned(place))
    taken = take_body(json.dumps(mended).encode(), arrival)
    if taken.rejected:
        why = taken.rejected[0]
        raise BadInput(
            why.code,
            why.message,
            field=why.field,
            got=why.describe()["got"],
            expected=why.describe()["expected"],
            hint=why.hint,
        )
    if body.dry_run:
        return Replayed(accepted=1, rejected=0)
    place.store.append(taken.events).result()
    place.store.inbox.delete_rejected([kept.id])
    place.installation.quality.note(place.project.id, arrival, taken)
    place.note("rejected_mended", rejected_id)
    return Replayed(accepted=1, rejected=0)


@router.delete("")
def remove_rejected(body: Chosen, place: Editor) -> Removed:
    """Forget refused events."""
    inbox = place.store.inbox
    if body.all:
        removed = inbox.delete_rejected()
    else:
        removed = sum(inbox.delete_rejected([kept.id for kept in page]) for page in _chosen(body, place))
    place.note("rejected_removed", "", removed=removed)
    return Removed(removed=removed)


def _chosen(body: Chosen, place: Place) -> Iterator[list[Rejected]]:
    """Yield what is meant in pages; each is looked at once, even when it stays."""
    inbox = place.store.inbox
    if body.ids is not None:
        yield inbox.rejected_by_id([int(one) for one in body.ids])
        return
    ids: list[int] = []
    while page := inbox.rejected(offset=len(ids), limit=_PAGE, code=body.code):
        ids += [kept.id for kept in page]
    for start in range(0, len(ids), _PAGE):
        yield inbox.rejected_by_id(ids[start : start + _PAGE])


def _take_again(kept: Rejected, place: Place, planned: Planned) -> list[Any] | None:
    try:
        taken = take_body(kept.body, _arrival(kept, place, planned))
    except TidewheelError:
        return None
    return None if taken.rejected else taken.events


def _arrival(kept: Rejected, place: Place, planned: Planned) -> Arrival:
    settings = place.installation.settings
    return Arrival(
        source=kept.source,
        received=kept.received,
        zone=place.project.time_zone,
        max_bytes=settings.max_body_mb * 1024 * 1024,
        max_events=settings.max_batch_events,
        guard=place.installation.guard(place.project.id),
        plan=planned.get(kept.source),
        ranks=place.store.view.rules.ranks,
    )


def _planned(place: Place) -> Planned:
    """Return the plan as it holds for each source; none where nothing is planned."""
    rules = place.installation.plans.all().get(place.project.id)
    if rules is None:
        return {}
    with place.installation.catalog.read() as db:
        return {
            one.id: SourcePlan(rules, one.plan_mode)  # type: ignore[arg-type] # only modes are kept
            for one in sources.listed(db, place.project.id)
        }


def _sent_at(body: bytes) -> Any:
    said = _readable(body)
    return said.get("sent_at") if isinstance(said, dict) else None


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
