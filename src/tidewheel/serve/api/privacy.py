"""Privacy: what a project has decided, what people have agreed to, exporting and erasing a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request, Response
from pydantic import Field, StringConstraints

from tidewheel.collect.contract import Arrival
from tidewheel.collect.intake import take_events
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import BadInput, Conflict, shorten
from tidewheel.core.ids import split_actor
from tidewheel.core.text import Text
from tidewheel.identify import consents
from tidewheel.identify.people import number_of
from tidewheel.identify.resolve import canonical, resolve
from tidewheel.serve import queries, suggesting
from tidewheel.serve.access import Editor, Owner, Place, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Moment, Reply
from tidewheel.serve.errors import language_of
from tidewheel.serve.privacy import certificate, dossier, erasing
from tidewheel.serve.privacy.names import reference
from tidewheel.serve.privacy.policy import Policy
from tidewheel.serve.privacy.refused import refused_of
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Erasure, Session, erasure_parts, erasures, privacy

router = Router(prefix="/projects/{project}", tags=["privacy"])

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_PART_STATES: Final[dict[str, Literal["done", "missing", "late"]]] = {
    "cleaned": "done",
    "unanswered": "missing",
    "late": "late",
}
Named = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]


class PolicyReply(Reply):
    """A project's decisions; ``sees`` says whether the asker sees personal data, ``empty`` whether no event has come yet."""

    policy: Policy
    sees: bool
    empty: bool


class ConsentLine(Reply):
    """One line of the ledger."""

    purpose: str
    channel: str
    state: Literal["granted", "withdrawn"]
    time: Moment
    actor: str
    source: str
    evidence: str | None
    version: str | None
    jurisdiction: str | None


class ContactState(Reply):
    """Whether a person may be contacted for a purpose over a channel now, and why."""

    purpose: str
    channel: str
    allowed: bool
    reason: consents.Reason
    since: Moment | None


class ConsentReply(Reply):
    """What a person has said, the latest first, and what follows from it now."""

    ledger: list[ConsentLine]
    now: list[ContactState]


class NewConsent(Body):
    """What a person has said to somebody who writes it down. ``evidence``: the words, a form, a recording."""

    purpose: Named
    channel: Named = consents.ANY
    state: Literal["granted", "withdrawn"]
    evidence: Annotated[str, StringConstraints(max_length=2000)] | None = None
    version: Annotated[str, StringConstraints(max_length=200)] | None = None
    jurisdiction: Annotated[str, StringConstraints(max_length=40)] | None = None


class NewErasure(Body):
    """Whom to erase: a person by id, or everybody who has one of these identifiers (``type:value``).

    ``only_these``: these identifiers without the others of their people. ``suppress``: their events are refused
    from now on. ``confirm`` repeats the project's id.
    """

    person: Annotated[str, StringConstraints(max_length=400)] | None = None
    identifiers: Annotated[
        list[Annotated[str, StringConstraints(max_length=400)]], Field(max_length=1_000, default_factory=list)
    ]
    only_these: bool = False
    suppress: bool = False
    reason: Short = ""
    confirm: str = ""


class ErasureProcess(Reply):
    """What one of the processes that share a lake did for an erasure; ``removed`` counts it.

    ``erasing``: it does the erasure, ``waiting``: it is waited for, ``missing``: it was not seen and does its part once
    it is started, ``late``: it has done so since.
    """

    id: str
    host: str
    folder: str
    role: Literal["server", "collector"]
    state: Literal["erasing", "waiting", "done", "missing", "late"]
    seen_at: Moment
    answered_at: Moment | None
    removed: dict[str, int]
    error: str | None


class ErasureReply(Reply):
    """One erasure. ``steps`` counts what was removed, by step; ``processes`` are those that share the lake."""

    id: str
    state: Literal["waiting", "running", "done"]
    by: str
    reason: str
    suppress: bool
    created_at: Moment
    finished_at: Moment | None
    tries: int
    steps: dict[str, dict[str, int]]
    error: str | None
    processes: list[ErasureProcess]
    certificate: dict[str, Any] | None


class ErasureList(Reply):
    """A project's erasures, the latest first."""

    erasures: list[ErasureReply]


@router.get("/privacy")
def get_privacy(place: Viewer) -> PolicyReply:
    """Return what the project has decided about personal data."""
    return _policy(place, place.policy)


@router.put("/privacy")
def save_privacy(body: Policy, place: Owner) -> PolicyReply:
    """Decide about personal data. Which identifiers are hashed can be decided until the first event."""
    here = place.installation
    if body.hashed_identifiers != place.policy.hashed_identifiers and not _empty(place):
        raise Conflict(
            "too_late_to_hash",
            Text(
                "Events have come already; which identifiers are hashed cannot be changed any more.",
                "项目已有事件，不能再更改哪些标识需要哈希。",
            ),
            field="hashed_identifiers",
            got=body.hashed_identifiers,
            expected=place.policy.hashed_identifiers,
            hint=Text(
                "Decide it in a new project before its first event.", "请新建项目，并在第一条事件到达前设置。"
            ),
        )
    with here.catalog.write() as db:
        privacy.decide(
            db,
            project_id=place.project.id,
            policy=body.model_dump(mode="json"),
            by=place.asker.name,
            now=here.clock(),
        )
        place.asker.note(db, here.clock(), "privacy_changed", place.project.id, place.project.id)
    here.write_keys.refresh()
    return _policy(place, body)


@router.get("/people/{person_id:path}/consents")
def get_consents(person_id: str, place: Viewer) -> ConsentReply:
    """Return what a person has agreed to and withdrawn, and what follows from it now."""
    snapshot = place.snapshot()
    number = number_of(snapshot, reference(place, person_id))
    now = place.installation.clock()
    said = consents.facts_of(snapshot, number)
    states = []
    for purpose in place.policy.purposes:
        for channel in (consents.ANY, *(one.name for one in place.policy.channels)):
            found = consents.may_contact(
                snapshot, number, purpose.name, channel, now, asks_first=purpose.asks_first
            )
            states.append(
                ContactState(
                    purpose=purpose.name,
                    channel=channel,
                    allowed=found.allowed,
                    reason=found.reason,
                    since=found.since,
                )
            )
    return ConsentReply(ledger=[ConsentLine(**one.model_dump()) for one in reversed(said)], now=states)


@router.post("/people/{person_id:path}/consents", status_code=201)
def add_consent(person_id: str, body: NewConsent, place: Editor) -> ConsentReply:
    """Write down what a person has said."""
    place.policy.purpose(body.purpose)
    place.policy.check_channel(body.channel)
    snapshot = place.snapshot()
    number = number_of(snapshot, reference(place, person_id))
    kind, value = split_actor(canonical(snapshot, resolve(snapshot), number))
    now = place.installation.clock()
    moment = datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="milliseconds")
    wire = WireEvent(None, moment, None, {kind: value}, consent=[body.model_dump(exclude_none=True)])
    guard = place.installation.guard(place.project.id)
    taken = take_events(
        [wire],
        Arrival(
            f"by {place.asker.name}",
            now,
            place.project.time_zone,
            guard=guard,
            ranks=place.store.view.rules.ranks,
        ),
    )
    if taken.rejected:
        raise BadInput(
            "consent_not_kept",
            Text("It could not be written down: {why}", "无法记录：{why}"),
            why=taken.rejected[0].message.en,
        )
    place.store.append(taken.events).result()
    place.note("consent_written", body.purpose, channel=body.channel, state=body.state)
    return get_consents(person_id, place)


@router.get("/people/{person_id:path}/may-contact")
def may_contact(
    person_id: str,
    place: Viewer,
    purpose: Annotated[str, Query(max_length=40)],
    channel: Annotated[str, Query(max_length=40)] = consents.ANY,
) -> ContactState:
    """Say whether a person may be contacted for a purpose over a channel now, and why."""
    wanted = place.policy.purpose(purpose)
    place.policy.check_channel(channel)
    snapshot = place.snapshot()
    number = number_of(snapshot, reference(place, person_id))
    found = consents.may_contact(
        snapshot, number, purpose, channel, place.installation.clock(), asks_first=wanted.asks_first
    )
    return ContactState(
        purpose=purpose, channel=channel, allowed=found.allowed, reason=found.reason, since=found.since
    )


@router.get(
    "/people/{person_id:path}/export",
    response_class=Response,
    responses={200: {"description": "A ZIP archive", "content": {"application/zip": {}}}},
)
async def export_person(person_id: str, request: Request, place: Owner) -> Response:
    """Return everything known about one person as a ZIP archive of JSON files and a page to read."""

    def work(query: queries.Query) -> bytes:
        snapshot, asking = place.snapshot(), asking_of(place, query)
        person = reference(place, person_id)
        number = number_of(snapshot, person)
        suggested = suggesting.about(place.store, snapshot, number)
        refused = refused_of(place.store.inbox.all_rejected(), snapshot, number, place.project.time_zone)
        known = dossier.dossier(
            snapshot, person, place.project.id, place.installation.catalog, asking, suggested, refused
        )
        return dossier.packed(known)

    body = await place.installation.queries.run(request, place.project.id, None, work)
    place.note("person_exported", "")
    name = f"person-{place.project.id}.zip"
    return Response(
        body,
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


@router.get("/erasures")
def list_erasures(place: Owner) -> ErasureList:
    """List the project's erasures."""
    with place.installation.catalog.read() as db:
        return ErasureList(erasures=[_describe(db, one) for one in erasures.listed(db, place.project.id)])


@router.post("/erasures", status_code=202)
def ask_erasure(body: NewErasure, place: Owner) -> ErasureReply:
    """Erase people for good: out of every answer at once, then from every place they are kept."""
    if body.confirm != place.project.id:
        raise BadInput(
            "erasure_not_confirmed",
            Text("Erasing people cannot be undone.", "删除用户后无法恢复。"),
            field="confirm",
            got=shorten(body.confirm, 60),
            expected=place.project.id,
            hint=Text("Repeat the project's id in confirm.", "请在 confirm 中再次填写项目编号。"),
        )
    if (body.person is None) == (not body.identifiers):
        raise BadInput(
            "erasure_of_nobody",
            Text("Say who: a person, or identifiers.", "请说明删除谁：用户，或一组标识。"),
            field="person",
            expected="person | identifiers",
        )
    place.store.sync()
    snapshot, now = place.snapshot(), place.installation.clock()
    if body.person is not None:
        subject = erasing.by_person(snapshot, reference(place, body.person), now)
    else:
        subject = erasing.subject_of(
            snapshot, [_identifier(place, one) for one in body.identifiers], now, alone=body.only_these
        )
    asked = place.installation.erasures.ask(
        place.project.id, subject, suppress=body.suppress, reason=body.reason, by=place.asker.name
    )
    return get_erasure(asked.id, place)


@router.get("/erasures/{erasure_id}")
def get_erasure(erasure_id: str, place: Owner) -> ErasureReply:
    """Return one erasure: how far it is, and its certificate once it is done."""
    with place.installation.catalog.read() as db:
        return _describe(db, erasures.get(db, place.project.id, erasure_id))


@router.get(
    "/erasures/{erasure_id}/certificate",
    response_class=Response,
    responses={200: {"description": "A page to print", "content": {"text/html": {}}}},
)
def get_certificate(erasure_id: str, request: Request, place: Owner) -> Response:
    """Return the certificate of a finished erasure as a page."""
    with place.installation.catalog.read() as db:
        found = erasures.get(db, place.project.id, erasure_id)
    if found.certificate is None:
        raise Conflict(
            "not_erased_yet",
            Text("This erasure is not finished.", "该删除请求尚未完成。"),
            got=found.state,
            expected="done",
            hint=Text("Ask again a little later.", "请稍后再试。"),
        )
    return Response(
        certificate.page(found.certificate, language_of(request.headers)),
        media_type="text/html; charset=utf-8",
        headers={"content-disposition": f'inline; filename="certificate-{erasure_id}.html"'},
    )


def _identifier(place: Place, text: str) -> str:
    kept = reference(place, text.strip())
    kind, value = split_actor(kept)
    if not value or not kind.isidentifier():
        raise BadInput(
            "not_an_identifier",
            Text("{got} is not type:value.", "{got} 不是「类型:值」。"),
            field="identifiers",
            got=shorten(text, 60),
            expected="phone:+8613800138000",
        )
    return kept


def _policy(place: Place, policy: Policy) -> PolicyReply:
    return PolicyReply(policy=policy, sees=place.masking is None, empty=_empty(place))


def _empty(place: Place) -> bool:
    return place.snapshot().rows == 0 and place.store.inbox.depth == 0


def _describe(db: Session, asked: Erasure) -> ErasureReply:
    return ErasureReply(
        id=asked.id,
        state="running" if asked.state == "running" else "done" if asked.state == "done" else "waiting",
        by=asked.by,
        reason=asked.reason,
        suppress=asked.suppress,
        created_at=asked.created_at,
        finished_at=asked.finished_at if asked.state == "done" else None,
        tries=asked.tries,
        steps=asked.steps,
        error=asked.error,
        processes=[
            ErasureProcess(
                id=process.id,
                host=process.host,
                folder=process.folder,
                role="collector" if process.role == "collector" else "server",
                state=_PART_STATES.get(part.state, "erasing" if process.id == asked.worker else "waiting"),
                seen_at=process.seen_at,
                answered_at=part.answered_at if part.state in erasure_parts.CLEANED else None,
                removed=part.counts,
                error=part.error,
            )
            for part, process in erasure_parts.of(db, asked.id)
        ],
        certificate=asked.certificate if asked.state == "done" else None,
    )
