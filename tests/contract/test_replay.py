"""An answer asked again is the same to the byte, whatever came since; the parts of a difference add up to it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.contract.shop import NOW, asking, shop
from tidewheel.analyse.replay import explain, replay
from tidewheel.analyse.run import ANALYSES, Stored, ask
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event
from tidewheel.core.settings import Settings
from tidewheel.demo import world
from tidewheel.store.project import ProjectStore

TREND: dict[str, Any] = {
    "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
    "period": {"last": 30},
    "breakdowns": [{"property": "channel"}],
}
MINUTE = 60_000


def told(store: Stored, kind: str, params: dict[str, Any], now: int = NOW) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        ask(store, kind, params, asking(now=now)).model_dump_json(by_alias=True)
    )
    return found


def sample(kind: str) -> dict[str, Any]:
    return ANALYSES.get(kind).samples[0]


@dataclass
class Story:
    """A shop whose facts come in any order, by file and one by one, and what was answered on the way."""

    folder: Path
    answers: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    now: int = NOW

    def open(self, *, read_only: bool = False) -> ProjectStore:
        return ProjectStore(
            self.folder, Settings(home=self.folder, drain_seconds=3600), lambda: self.now, read_only=read_only
        )

    def ask_all(self, store: ProjectStore) -> None:
        """Ask a question of every kind at the minute it is."""
        store.sync()
        self.answers.append({kind: told(store, kind, sample(kind), self.now) for kind in ANALYSES.all()})


@pytest.fixture(scope="module", params=[3])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    dice = random.Random(request.param)
    made = [event for batch in world(120, 60, request.param, NOW).events() for event in batch]
    dice.shuffle(made)
    parts = [made[at::6] for at in range(6)]
    here = Story(tmp_path_factory.mktemp("story"))
    store = here.open()
    load(store, parts[0], "first")
    here.ask_all(store)
    for part, step in zip(parts[1:5], ("drain", "load", "restart", "nothing"), strict=True):
        here.now += 7 * MINUTE
        for batch in cut(part, dice):
            store.append(batch).result()
        here.ask_all(store)
        if step == "drain":
            store.flush()
        elif step == "load":
            load(store, parts[5], "second")
        elif step == "restart":
            store.close()
            store = here.open()
            store.tidy(0)
    store.append([late(event) for event in parts[1][:40]]).result()
    store.flush()
    store.tidy(0)
    store.close()
    return here


def load(store: ProjectStore, events: list[Event], key: str) -> None:
    store.bulk([events], key)


def late(event: Event) -> Event:
    return Event(
        event.name, event.time, event.actor, event.id ^ 1, event.source, 0, event.properties, event.items
    )


def cut(events: list[Event], dice: random.Random) -> Iterator[list[Event]]:
    while events:
        size = dice.randrange(1, 400)
        yield events[:size]
        events = events[size:]


@pytest.fixture(scope="module", params=["after a restart", "by a second process"])
def later(request: pytest.FixtureRequest, story: Story) -> Iterator[ProjectStore]:
    store = story.open(read_only="second" in request.param)
    yield store
    store.close()


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_what_came_since_changes_nothing_in_a_replay(kind: str, story: Story, later: ProjectStore) -> None:
    """Late events, loads, links, drains, compaction and restarts lie between the answers and now."""
    for answers in story.answers:
        found = replay(later, answers[kind], asking())
        assert found.changed == found.differences == ()
        assert found.equal
        assert found.missing == 0
        assert found.later > 0


def test_a_replay_counts_what_it_left_out(story: Story, later: ProjectStore) -> None:
    whole = later.snapshot().rows
    seen = [replay(later, answers["trends"], asking()).later for answers in story.answers]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen)
    assert 0 < seen[-1] < seen[0] < whole


def test_facts_that_were_erased_are_told(story: Story, later: ProjectStore) -> None:
    kept = json.loads(json.dumps(story.answers[-1]["trends"]))
    first, inbox, load, facts = kept["provenance"]["receipt"].split("-")
    kept["provenance"]["receipt"] = f"{first}-{inbox}-{load}-{int(facts) + 3}"
    found = replay(later, kept, asking())
    assert not found.equal
    assert found.missing == 3


def test_an_answer_of_another_project_is_told_as_such_and_not_as_erased(
    story: Story, later: ProjectStore
) -> None:
    kept = json.loads(json.dumps(story.answers[-1]["trends"]))
    first, inbox, load, facts = kept["provenance"]["receipt"].split("-")
    assert not replay(later, kept, asking()).elsewhere
    kept["provenance"]["receipt"] = f"{int(first) - 1}-{inbox}-{load}-{int(facts) + 3}"
    found = replay(later, kept, asking())
    assert (found.equal, found.elsewhere, found.missing) == (False, True, 0)
    own = story.answers[-1]["trends"]
    assert explain(later, own, own, asking()).elsewhere == ()
    assert explain(later, kept, own, asking()).elsewhere == ("before",)


def test_another_version_of_the_program_is_told(story: Story, later: ProjectStore) -> None:
    kept = json.loads(json.dumps(story.answers[-1]["trends"]))
    kept["provenance"]["engine"] = "0.0.1"
    found = replay(later, kept, asking())
    assert not found.equal
    assert found.changed == ("engine",)
    assert found.differences == ()


@pytest.mark.parametrize("part", ["warnings", "provenance"])
def test_whatever_else_an_answer_says_is_set_against_it(story: Story, later: ProjectStore, part: str) -> None:
    kept = json.loads(json.dumps(story.answers[-1]["trends"]))
    if part == "warnings":
        kept["warnings"].append({"code": "event_never_seen", "message": {"en": "No.", "zh": "没有。"}})
    else:
        kept["provenance"]["events"] += 1
    found = replay(later, kept, asking())
    assert not found.equal
    assert found.differences
    assert found.differences[0].startswith(part)


def test_an_answer_that_does_not_say_what_it_saw_is_asked_of_what_is_there(
    story: Story, later: ProjectStore
) -> None:
    kept = json.loads(json.dumps(story.answers[0]["trends"]))
    del kept["provenance"]["receipt"]
    found = replay(later, kept, asking())
    assert not found.equal
    assert "data" in found.changed
    assert found.later == 0


def test_facts_without_stamps_are_taken_as_they_are() -> None:
    kept = told(shop(), "trends", TREND)
    assert kept["provenance"]["receipt"] is None
    assert replay(shop(), kept, asking()).equal


@pytest.mark.parametrize("kind", ["trends", "funnel", "retention", "ltv"])
@pytest.mark.parametrize(("one", "two"), [(0, 3), (3, 1), (2, 2)])
def test_the_parts_of_a_difference_add_up(
    kind: str, one: int, two: int, story: Story, later: ProjectStore
) -> None:
    before, after = story.answers[one][kind], story.answers[two][kind]
    found = explain(later, before, after, asking())
    for figure in found.figures:
        parts = figure.data + figure.identity + figure.definition + figure.moment + figure.version
        assert figure.after - figure.before == pytest.approx(parts, abs=1e-9)
        assert figure.version == figure.definition == 0
    assert found.backwards == (two < one)
    assert found.fields == ()
    facts = [int(answer["provenance"]["receipt"].rpartition("-")[2]) for answer in (before, after)]
    assert sum(came.facts for came in found.arrived) == abs(facts[1] - facts[0])
    assert found.people[0] == before["provenance"]["people"]
    assert found.people[2] == after["provenance"]["people"]


def test_what_came_late_and_what_was_asked_otherwise_are_told_apart(
    story: Story, later: ProjectStore
) -> None:
    before = story.answers[0]["trends"]
    params = {**sample("trends"), "period": {"last": 14}}
    after = told(later, "trends", params)
    found = explain(later, before, after, asking())
    assert any(line.startswith("params.period") for line in found.fields)
    assert found.arrived
    assert all(came.first <= came.last for came in found.arrived)
    assert any(figure.data for figure in found.figures)


@pytest.mark.parametrize(
    "kept",
    [{}, {"kind": "trends", "params": TREND, "provenance": {"asked_at": "soon"}}],
)
def test_what_is_no_answer_is_told(kept: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="not an answer"):
        replay(shop(), kept, asking())
    with pytest.raises(BadInput, match="not an answer"):
        explain(shop(), kept, kept, asking())


def test_two_kinds_cannot_be_compared() -> None:
    with pytest.raises(BadInput, match="one kind"):
        explain(
            shop(),
            told(shop(), "trends", TREND),
            {**told(shop(), "trends", TREND), "kind": "funnel"},
            asking(),
        )
