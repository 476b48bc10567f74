"""Suggestions of who may be one person: made when asked for, kept with what they were made of, open until decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.errors import NotFound
from tidewheel.core.text import Language, Text
from tidewheel.identify.hidden import hidden_people
from tidewheel.identify.people import number_of
from tidewheel.identify.resolve import resolve
from tidewheel.identify.suggest.fields import BY_NAME
from tidewheel.identify.suggest.pairs import Found, Likeness, Pair, parted, suggest
from tidewheel.identify.suggest.records import Known
from tidewheel.serve.access import Place
from tidewheel.serve.queries import Query
from tidewheel.store.project import ProjectStore
from tidewheel.store.view import Snapshot

KEPT: Final = "suggestions"
"""The lake's table: of the latest run a row a pair, and one without a pair that says how it was made."""


@dataclass(frozen=True, slots=True)
class Run:
    """How suggestions were made: when (ms UTC), of which facts, asked by whom, and what came of it."""

    made_at: int
    by: str
    rows: int
    rules: str
    least: float
    fields: dict[str, str]
    total: int
    people: int
    compared: int
    cap: int
    passed_over: int
    known: tuple[Known, ...]
    learned: tuple[str, ...]
    weights: dict[str, dict[str, float]]

    def stale(self, snapshot: Snapshot) -> bool:
        """Say whether facts have come, or gone, or rules changed since."""
        return self.rows != snapshot.rows or self.rules != _rules(snapshot)


@dataclass(frozen=True, slots=True)
class Open:
    """A pair nobody has decided about: who they are now, by number."""

    pair: Pair
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Told:
    """An open suggestion without the other person: when it was made (ms UTC), and how likely it is."""

    made_at: int
    probability: float


def make(place: Place, query: Query, *, fields: Mapping[str, str], least: float, seed: int) -> Run:
    """Look for pairs, keep them in place of those before, and return how they were made."""
    snapshot, here = place.snapshot(), place.installation

    def step(part: float) -> None:
        query.stop.check()
        query.report(part * 0.98)

    found = suggest(
        snapshot,
        fields=fields,
        least=least,
        seed=seed,
        memory_mb=here.settings.sql_memory_mb,
        honours=place.policy.leave_out_withdrawn,
        step=step,
    )
    run = Run(
        made_at=here.clock(),
        by=place.asker.name,
        rows=snapshot.rows,
        rules=_rules(snapshot),
        least=least,
        fields=dict(fields),
        **{name: getattr(found, name) for name in Found.__dataclass_fields__ if name != "pairs"},
    )
    place.store.renew_rows(KEPT, lambda now: _rows(run, undecided(now, found.pairs)), "run")
    place.note("suggestions_made", str(found.total), people=found.people)
    return run


def latest(store: ProjectStore) -> tuple[Run, list[Pair]] | None:
    """Return the latest run and its pairs, the likeliest first; None where there was none yet."""
    rows = store.read_table(KEPT)
    if not rows.num_rows:
        return None
    last = max(rows["run"].to_pylist())
    run: Run | None = None
    pairs = []
    for row in rows.to_pylist():
        if row["run"] != last:
            continue
        told = json.loads(row["told"])
        if not row["a"]:
            run = Run(
                **told
                | {"known": tuple(Known(**one) for one in told["known"]), "learned": tuple(told["learned"])}
            )
        else:
            likenesses = tuple(Likeness(*one) for one in told["likenesses"])
            pairs.append(Pair(row["a"], row["b"], told["probability"], told["weight"], likenesses))
    pairs.sort(key=lambda pair: (-pair.weight, pair.a, pair.b))
    return (run, pairs) if run is not None else None


def undecided(snapshot: Snapshot, pairs: Sequence[Pair], least: float = 0.0) -> list[Open]:
    """Return the pairs that are still two persons, whom nobody has parted and who are not being erased."""
    people = resolve(snapshot)
    wanted = [pair for pair in pairs if pair.probability >= least]
    names = pa.array([name for pair in wanted for name in (pair.a, pair.b)], pa.string())
    codes = snapshot.actors.codes(names, add=False).reshape(-1, 2)
    there = (codes >= 0) & (codes < len(people.person_of))
    known = there[:, 0] & there[:, 1]
    persons = people.person_of[np.where(known[:, None], codes, 0)] if len(codes) else codes
    apart, gone = parted(people), hidden_people(snapshot)
    found, seen = [], set()
    for pair, (one, other), both in zip(wanted, persons.tolist(), known.tolist(), strict=True):
        key = (min(one, other), max(one, other))
        if both and one != other and key not in apart and key not in seen and not (gone[one] or gone[other]):
            seen.add(key)
            found.append(Open(pair, one, other))
    return found


def about(store: ProjectStore, snapshot: Snapshot, person: int) -> list[Told]:
    """Return what may be told to a person: that somebody else may be they, when it was thought and how likely, not who."""
    held = latest(store)
    if held is None:
        return []
    run, pairs = held
    return [
        Told(run.made_at, one.pair.probability)
        for one in undecided(snapshot, pairs)
        if person in {one.one, one.other}
    ]


def named(place: Place, a: str, b: str) -> Open:
    """Return the open suggestion that two persons, by public id or identifier, are one."""
    snapshot, held = place.snapshot(), latest(place.store)
    wanted = {number_of(snapshot, a), number_of(snapshot, b)}
    for one in undecided(snapshot, held[1]) if held is not None else ():
        if {one.one, one.other} == wanted:
            return one
    raise NotFound(
        "no_such_suggestion",
        Text(
            "That these two are one person is not suggested, or was decided.", "没有这条推测，或已有人处理。"
        ),
        field="b",
        got=b,
        hint=Text("Look at the suggestions anew.", "请刷新推测列表。"),
    )


def because(pair: Pair, language: Language, why: str) -> str:
    """Return what the link, or the refusal, says about where it came from.

    It does not speak of fields that may rest on another: whoever reads it may not be allowed to see that one.
    """
    said = "; ".join(
        f"{field.title.say(language)} {level.title.say(language)}"
        for one in pair.likenesses
        for field in (BY_NAME[one.field],)
        for level in field.levels
        if level.name == one.level and one.weight > 0 and field.instead is None
    )
    origin = Text("suggested at {chance} ({said})", "推测概率 {chance}（{said}）").say(
        language, chance=chance(pair.probability), said=said
    )
    return f"{why} — {origin}"[:500] if why else origin[:500]


def chance(probability: float) -> str:
    """Return a probability as people read it; what is all but certain is not told as certain."""
    return "> 99.9 %" if probability > 0.999 else f"{100 * probability:.1f} %"


def _rows(run: Run, pairs: Sequence[Open]) -> pa.Table:
    told = [json.dumps(asdict(run), ensure_ascii=False)]
    for pair in (one.pair for one in pairs):
        likenesses = [(one.field, one.level, one.weight) for one in pair.likenesses]
        body = {"probability": pair.probability, "weight": pair.weight, "likenesses": likenesses}
        told.append(json.dumps(body))
    return pa.table(
        {
            "run": pa.array([run.made_at] * len(told), pa.int64()),
            "a": pa.array(["", *(one.pair.a for one in pairs)], pa.string()),
            "b": pa.array(["", *(one.pair.b for one in pairs)], pa.string()),
            "told": pa.array(told, pa.string()),
        }
    )


def _rules(snapshot: Snapshot) -> str:
    return hashlib.sha256(snapshot.rules.form.encode()).hexdigest()[:16]
