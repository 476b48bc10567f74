"""Asking: parameters in, answer out. Scope, comparison, execution, cache and provenance, once for all kinds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ValidationError

from tidewheel import __version__
from tidewheel.analyse.answer import Answer, Compared, Named, Provenance, Significance, Title, Warned
from tidewheel.analyse.coding import code_of
from tidewheel.analyse.contract import Analysis, Context
from tidewheel.analyse.executor import Executor, Stop, Watch
from tidewheel.analyse.filters import Facts, people_pass
from tidewheel.analyse.fold import Fold, Opened
from tidewheel.analyse.mixed import mixed
from tidewheel.analyse.picks import Pick, Picks, expand, used
from tidewheel.analyse.question import Comparison, PeopleFilter, Question
from tidewheel.analyse.segments import Lookup, Rule, Segment, absent, chosen, members, versions
from tidewheel.core.errors import BadInput, NotAllowed, nearest
from tidewheel.core.period import MINUTE, Calendar
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Text
from tidewheel.core.validation import why
from tidewheel.identify.consents import left_out
from tidewheel.identify.hidden import hidden_people
from tidewheel.identify.resolve import as_of, identity_version, resolve
from tidewheel.identify.sample import sampled
from tidewheel.store.view import Snapshot

AnyAnalysis = Analysis[Any, Any, Any, Any]
ANALYSES: Registry[AnyAnalysis] = Registry(
    cast("type[AnyAnalysis]", Analysis),
    "tidewheel.analyse.kinds",
    "tidewheel.analyses",
    Text("analysis", "分析"),
)
OTHER = "$other"
IN_MEMORY: Final = 12
"""Bytes an answer takes for each that it has as JSON: between 5 and 13, as measured."""
SILENT: Final = ("identity_as_of", "sample")
"""What questions could not say at first: not said, a question is the one it always was."""


class Stored(Protocol):
    """Anything that has a view of facts."""

    def snapshot(self) -> Snapshot:
        """Return the present view."""


@dataclass(frozen=True, slots=True)
class Held:
    """One snapshot, asked as if it were a store."""

    held: Snapshot

    def snapshot(self) -> Snapshot:
        """Return it."""
        return self.held


def _no_table(name: str) -> pa.Table:  # noqa: ARG001
    return pa.table({})


def _no_segment(reference: str) -> Segment:
    raise absent(reference)


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask: the project's calendar, the moment, where to run, and how to follow or stop it."""

    calendar: Calendar
    now: int
    executor: Executor
    stop: Stop | None = None
    progress: Callable[[float], None] | None = None
    table: Callable[[str], pa.Table] = _no_table
    """Reads a table stored beside the facts; one without columns when there are no rows."""
    segment: Lookup = _no_segment
    """Finds a segment by id or name."""
    honours: bool = True
    """Whether people who withdrew their consent to analytics are left out."""
    withheld: Callable[[str], bool] | None = None
    """Says which properties of people and events the asker may not ask about; None: about all."""
    picks: Picks = field(default_factory=dict)
    """The project's picked events."""


def ask(store: Stored, kind: str, params: dict[str, Any] | Question, asking: Asking) -> Answer:
    """Answer a question. The same snapshot, parameters and minute give the same bytes.

    Raises BadInput for parameters that cannot be meant, Cancelled when stopped.
    """
    analysis = ANALYSES.get(kind, field="kind")()
    question = parse(analysis, params)
    check_withheld(question, asking)
    snapshot = _people_of(store.snapshot(), question)
    asking = replace(asking, now=asking.now // MINUTE * MINUTE)
    definition = definition_of(analysis, question, asking)
    tables = {name: asking.table(name) for name in analysis.tables}
    facts = snapshot.data_version
    if snapshot.receipt is not None:
        facts = _digest(snapshot.receipt, snapshot.enricher.version if snapshot.enricher else "")
    data = _digest(facts, *map(_table_digest, tables.values())) if tables else facts
    key = ("answer", definition, asking.now, asking.calendar, data, asking.honours)
    found = snapshot.lately.get(key)
    if found is None:
        answer = _answer(snapshot, analysis, question, asking, tables, definition, data)
        found = snapshot.lately.keep(key, answer, len(answer.model_dump_json()) * IN_MEMORY)
    return cast("Answer", found)


def people_behind(
    store: Stored,
    kind: str,
    params: dict[str, Any] | Question,
    cell: dict[str, Any],
    asking: Asking,
    comparison: int | None = None,
) -> tuple[Snapshot, npt.NDArray[np.int32]]:
    """Return the persons behind one cell of an answer: exactly as many as the cell counts."""
    question = parse(ANALYSES.get(kind, field="kind")(), params)
    check_withheld(question, asking)
    snapshot = _people_of(store.snapshot(), question)
    return snapshot, _behind(snapshot, kind, params, cell, asking, comparison)


def segment_people(store: Stored, segment: Segment, asking: Asking) -> tuple[Snapshot, npt.NDArray[np.int32]]:
    """Return the persons who are in a segment now, ascending.

    Raises what its rule raises, such as BadInput for a rule that rests on itself.
    """
    snapshot = store.snapshot()
    if isinstance(segment.people, Rule):
        _check_rule(segment, asking)
    return snapshot, _members(snapshot, segment, replace(asking, now=asking.now // MINUTE * MINUTE))


def _people_of(snapshot: Snapshot, question: Question) -> Snapshot:
    """Return the snapshot with the people the question means. Segments in it are worked out of these, too."""
    moment = question.identity_as_of
    return as_of(snapshot, None if moment is None else int(moment.timestamp() * 1000))


def definition_of(analysis: AnyAnalysis, question: Any, asking: Asking) -> str:
    """Return the hash of a question and of the definitions it rests on: segments, picked events."""
    picked: dict[str, Pick] = used(question, asking.picks)

    def read(rule: Rule) -> Question:
        inner = _rule(rule)
        picked.update(used(inner, asking.picks))
        return inner

    rests = versions(question, asking.segment, read)
    meant = [f"{name}={pick.digest}" for name, pick in sorted(picked.items())]
    unsaid = {name for name in SILENT if getattr(question, name) == Question.model_fields[name].default}
    return _digest(analysis.name, question.model_dump_json(exclude=unsaid or None), *rests, *meant)


def _rule(rule: Rule) -> Question:
    return cast("Question", parse(ANALYSES.get(rule.kind, field="kind")(), rule.params))


def check_withheld(asked: BaseModel, asking: Asking) -> None:
    """Raise when a question, or a part of one, would tell values, or people by their values, that are withheld from the asker."""
    if asking.withheld is not None:
        _look_for(asking.withheld, asked.model_dump(mode="json"))


def _look_for(withheld: Callable[[str], bool], part: Any) -> None:
    if isinstance(part, dict):
        name = part.get("property")
        harmless = part.get("scope") == "item" or part.get("op") in {"is_set", "is_not_set"}
        if isinstance(name, str) and not harmless and withheld(name):
            raise personal(name)
        part = list(part.values())
    for one in part if isinstance(part, list) else ():
        _look_for(withheld, one)


def personal(name: str) -> NotAllowed:
    """Make the error for a question about a property that is withheld from the asker."""
    return NotAllowed(
        "personal_data",
        Text("{name} is personal data, which you may not see here.", "{name} 属于个人信息，你没有查看权限。"),
        field="property",
        got=name,
        hint=Text("Ask an owner of the project for the right.", "请联系项目所有者开通权限。"),
        name=name,
    )


def _check_rule(segment: Segment, asking: Asking) -> None:
    """Raise when a segment's rule leads back to it."""

    def lookup(reference: str) -> Segment:
        return segment if reference in (segment.id, segment.name) else asking.segment(reference)

    people = PeopleFilter(segments=(segment.id,))
    versions(Question(people=people), lookup, _rule)


def _members(snapshot: Snapshot, segment: Segment, asking: Asking) -> npt.NDArray[np.int32]:
    """Return a segment's persons; only the latest are kept with the snapshot."""
    rule = segment.people
    if isinstance(rule, Rule):
        analysis = ANALYSES.get(rule.kind, field="kind")()
        definition = definition_of(analysis, parse(analysis, rule.params), asking)
        made: tuple[Any, ...] = (segment, definition, asking.now, asking.calendar, asking.honours)
    else:
        made = (segment,)
    key = ("segment", segment.id)
    kept = snapshot.memo.get(key)
    if kept is None or kept[0] != made:
        found = (
            _behind(
                snapshot, rule.kind, rule.params, rule.cell, replace(asking, progress=None), rule.comparison
            )
            if isinstance(rule, Rule)
            else _seen(snapshot, members(snapshot, rule))
        )
        kept = snapshot.memo[key] = (made, found)
    return cast("npt.NDArray[np.int32]", kept[1])


def _behind(
    snapshot: Snapshot,
    kind: str,
    params: dict[str, Any] | Question,
    cell: dict[str, Any],
    asking: Asking,
    comparison: int | None,
) -> npt.NDArray[np.int32]:
    analysis = ANALYSES.get(kind, field="kind")()
    question = parse(analysis, params)
    if comparison is not None:
        question = _compared(question, _pick(question, comparison), asking)
    try:
        wanted = analysis.Cell.model_validate(cell)
    except ValidationError as error:
        raise from_validation(error, "cell") from None
    versions(question, asking.segment, _rule)
    asking = replace(asking, now=asking.now // MINUTE * MINUTE)
    fold = Fold(analysis, question, asking.calendar, asking.now)
    opened = _open(snapshot, fold, asking)
    label = getattr(wanted, "group", None)
    groups: npt.NDArray[np.int64] | None = None
    rest = label is not None and label[:1] == [OTHER]
    part = None
    if rest or analysis.settles:
        part = asking.executor.fold(opened, _watch(asking))
    if rest:
        groups = analysis.others(question, opened.context, part)
    elif label is not None:
        code = code_of(opened.context.labels, label)
        groups = np.array([] if code is None else [code], np.int64)
    if analysis.settles:
        fold = replace(fold, settled=analysis.settle(question, opened.context, part))
    looking = _open(snapshot, replace(fold, cell=wanted, groups=groups), asking)
    return cast("npt.NDArray[np.int32]", asking.executor.fold(looking, _watch(asking)).people())


def parse(analysis: AnyAnalysis, params: dict[str, Any] | Question) -> Any:
    """Read parameters; the first mistake is told with its field."""
    if isinstance(params, Question):
        return params
    try:
        return analysis.Params.model_validate(params)
    except ValidationError as error:
        raise from_validation(error, None) from None


def from_validation(error: ValidationError, prefix: str | None) -> BadInput:
    """Turn pydantic's first complaint into the one error shape."""
    first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
    path = ".".join(str(step) for step in ((prefix,) if prefix else ()) + first["loc"])
    known = first["type"] == "extra_forbidden"
    return BadInput(
        "bad_parameter",
        Text("{name} cannot be used: {why}.", "参数 {name} 无效：{why}。"),
        field=path,
        got=first["input"]
        if isinstance(first["input"], str | int | float | bool | type(None))
        else str(first["input"])[:200],
        expected=None if known else first.get("ctx", {}).get("expected"),
        hint=Text("There is no such parameter.", "没有这个参数。") if known else None,
        name=path,
        why=why(first),
    )


def _answer(
    snapshot: Snapshot,
    analysis: AnyAnalysis,
    question: Any,
    asking: Asking,
    tables: dict[str, pa.Table],
    definition: str,
    data: str,
) -> Answer:
    result, context, events = _run(snapshot, analysis, question, asking, tables)
    comparisons = []
    for index in range(len(question.compare)):
        other = _compared(question, _pick(question, index), asking)
        compared, other_context, _ = _run(snapshot, analysis, other, asking, tables)
        tests = [
            Significance(**{name: getattr(test, name) for name in Significance.model_fields})
            for test in analysis.contrast(question, result, compared)
        ]
        comparisons.append(
            Compared(
                label=_label(question.compare[index], other_context),
                result=compared,
                figures=_figures(analysis, other, compared),
                tests=tests,
            )
        )
    zone = context.calendar.tz()
    gone = _left_out(snapshot, asking)
    left = 0 if gone is None else int(np.count_nonzero(gone))
    counted = resolve(snapshot).count - left
    if question.sample < 100:
        part = sampled(snapshot, question.sample)
        counted = int(np.count_nonzero(part if gone is None else part & ~gone))
    ends = [loaded.segment.end for loaded in snapshot.segments]
    people = resolve(snapshot).count
    links = (
        snapshot.link_version
        if snapshot.seen is None
        else _digest("links", *map(str, (*snapshot.seen, people)))
    )
    return Answer(
        kind=analysis.name,
        params=question.model_dump(mode="json"),
        result=result,
        figures=_figures(analysis, question, result),
        comparisons=comparisons,
        warnings=[
            *_part_of(question, counted),
            *_warnings(snapshot, analysis, question, context, asking.picks),
        ],
        provenance=Provenance(
            definition=definition,
            data=data,
            identity=identity_version(snapshot, links),
            receipt=snapshot.receipt,
            zone=asking.calendar.zone,
            engine=__version__,
            asked_at=_iso(asking.now),
            until=_iso(max(ends)) if ends else None,
            period=(
                datetime.fromtimestamp(context.span.start / 1000, zone).isoformat(),
                datetime.fromtimestamp(context.span.end / 1000, zone).isoformat(),
            ),
            events=events,
            people=counted,
            left_out=left,
        ),
    )


def _figures(analysis: AnyAnalysis, question: Any, result: Any) -> list[Named]:
    return [Named.of(figure) for figure in analysis.figures(question, result)]


def _run(
    snapshot: Snapshot, analysis: AnyAnalysis, question: Any, asking: Asking, tables: dict[str, pa.Table]
) -> tuple[Any, Context, int]:
    opened = _open(snapshot, Fold(analysis, question, asking.calendar, asking.now), asking)
    part = asking.executor.fold(opened, _watch(asking))
    context = replace(opened.context, tables=tables)
    return analysis.shape(question, context, part), context, opened.source.events


def _open(snapshot: Snapshot, fold: Fold, asking: Asking) -> Opened:
    people = resolve(snapshot)
    fold = replace(fold, question=expand(fold.question, asking.picks))

    def members(reference: str) -> npt.NDArray[np.int32]:
        return _members(snapshot, asking.segment(reference), asking)

    asked = fold.sets()
    sets = np.zeros(people.count, np.int64)
    facts = Facts(snapshot, people, asking.calendar)
    for bit, one in enumerate(asked):
        inside = people_pass(facts, one.filters if one else ())
        of_segments = chosen(one, people.count, members)
        sets |= (inside if of_segments is None else inside & of_segments).astype(np.int64) << bit
    keep = chosen(fold.question.people, people.count, members)
    gone = _left_out(snapshot, asking)
    if gone is not None:
        keep = ~gone if keep is None else keep & ~gone
        sets[gone] = 0
    if fold.question.sample < 100:
        part = sampled(snapshot, fold.question.sample)
        keep = part if keep is None else keep & part
        sets[~part] = 0
    return fold.open(snapshot, chosen=keep, sets=sets if asked else None)


def _left_out(snapshot: Snapshot, asking: Asking) -> npt.NDArray[np.bool_] | None:
    """Return who no answer is to count; the one place that says so."""
    return left_out(snapshot, before=asking.now + MINUTE, honours=asking.honours)


def _seen(snapshot: Snapshot, persons: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return persons[~hidden_people(snapshot)[persons]] if len(snapshot.hidden) else persons


def _watch(asking: Asking) -> Watch:
    return Watch(asking.stop, asking.progress)


def _pick(question: Any, index: int) -> Comparison:
    if not 0 <= index < len(question.compare):
        raise BadInput(
            "no_such_comparison",
            Text("The question has no comparison number {index}.", "该问题没有第 {index} 个对比。"),
            field="comparison",
            got=index,
            expected=f"0…{len(question.compare) - 1}",
            index=index,
        )
    return cast("Comparison", question.compare[index])


def _compared(question: Any, comparison: Comparison, asking: Asking) -> Any:
    """Return the question as asked of the comparison's period and people."""
    changes: dict[str, Any] = {"compare": ()}
    if comparison.people is not None:
        changes["people"] = comparison.people
    if comparison.period == "previous":
        changes["period"] = asking.calendar.before(asking.calendar.span(question.period, asking.now))
    elif comparison.period is not None:
        changes["period"] = comparison.period
    return question.model_copy(update=changes)


def _label(comparison: Comparison, context: Context) -> Title:
    if comparison.people is not None and comparison.period is None:
        name = comparison.people.name
        return Title(en=name or "Other people", zh=name or "其他人群")
    first = context.calendar.local(context.span.start).date().isoformat()
    last = context.calendar.local(context.span.end - 1).date().isoformat()
    return Title(en=f"{first} – {last}", zh=f"{first} 至 {last}")


def _part_of(question: Question, people: int) -> list[Warned]:
    if question.sample == 100:
        return []
    share = f"{question.sample:g} %"
    return [
        Warned(
            code="sampled",
            message=Title(
                en=f"A sample: {share} of the people, {people:,}. Figures are theirs and are not scaled up.",
                zh=f"抽样：{share} 的用户，共 {people:,} 人。数字只反映这部分用户，未放大。",
            ),
        )
    ]


def _warnings(
    snapshot: Snapshot, analysis: AnyAnalysis, question: Any, context: Context, picks: Picks
) -> list[Warned]:
    seen = {name for loaded in snapshot.segments for name in loaded.segment.names}
    plan = analysis.plan(expand(question, picks), context)
    asked = {match.stored for step in plan.steps for match in step.any_of}
    found = []
    for name in sorted(asked - seen - {"*"}):
        near = nearest(name, seen | set(picks))
        found.append(
            Warned(
                code="event_never_seen",
                message=Title(
                    en=f"No event named {name} has arrived yet." + (f" Did you mean {near}?" if near else ""),
                    zh=f"还没有收到过名为 {name} 的事件。" + (f"是不是想选 {near}？" if near else ""),
                ),
            )
        )
    return found + mixed(snapshot, plan)


def _table_digest(table: pa.Table) -> str:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return hashlib.sha256(stream.getvalue()).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()
