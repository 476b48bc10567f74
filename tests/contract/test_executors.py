"""Every executor gives every analysis' answer byte for byte, and the same people."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from tests.contract.crew import Workers
from tests.contract.shop import NOW, asking, shop
from tests.contract.test_analyses import COUNTED, SAMPLES, Fixed, counted
from tests.property.test_hands import named_too
from tests.property.test_identity_rules import Row, rows
from tidewheel.analyse.executor import EXECUTORS, Executor
from tidewheel.analyse.run import ANALYSES, Asking, ask, people_behind
from tidewheel.core.errors import BadInput
from tidewheel.core.ids import ANONYMOUS_TYPES, split_actor
from tidewheel.core.period import DAY, HOUR, Calendar
from tidewheel.demo import world
from tidewheel.identify import placement
from tidewheel.identify.resolve import resolve
from tidewheel.store.links import earliest_links
from tidewheel.store.view import Chunk, Snapshot, View

QUESTIONS = [(kind, ANALYSES.get(kind).samples[number]) for kind, number in SAMPLES] + COUNTED


@pytest.fixture(scope="module")
def workers() -> Workers:
    return Workers("a", "b", "c")


def on(executor: Executor) -> Asking:
    return Asking(Calendar(), NOW, executor)


def forget(snapshot: Snapshot) -> None:
    snapshot.lately.clear()


def same(view: Any, kind: str, params: dict[str, Any], executor: Executor) -> None:
    """Compare an executor's answer and people with the threads'."""
    forget(view.snapshot())
    expected = ask(view, kind, params, asking(2))
    forget(view.snapshot())
    found = ask(view, kind, params, on(executor))
    assert found.model_dump_json() == expected.model_dump_json()
    cells = list(counted(kind, params, expected))
    for cell, count in cells[:: max(1, len(cells) // 4)]:
        people = people_behind(view, kind, params, cell, asking(2))[1]
        assert len(people) == count
        assert people_behind(view, kind, params, cell, on(executor))[1].tolist() == people.tolist()


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_workers_answer_as_threads_do(number: int, workers: Workers) -> None:
    kind, params = QUESTIONS[number]
    same(Fixed(shop()), kind, params, workers)


def test_a_question_asked_again_needs_no_telling(workers: Workers) -> None:
    kind, params = QUESTIONS[0]
    view = Fixed(shop())
    ask(view, kind, params, on(workers))
    forget(view.snapshot())
    before = workers.rounds
    ask(view, kind, params, on(workers))
    assert workers.rounds - before == len(workers.workers)


def growing(seed: int, people: int = 90) -> Iterator[View]:
    """Yield a view whose facts come in rounds: files, merged files and a tail; links join known actors late."""
    dice = random.Random(seed)
    made = list(world(people, 60, seed, NOW).tables())
    events = pa.concat_tables([one.events for one in made], promote_options="default")
    links = pa.concat_tables([one.links for one in made], promote_options="default")
    events = events.take(pa.array(dice.sample(range(len(events)), len(events))))
    links = links.take(pa.array(dice.sample(range(len(links)), len(links))))
    view, rounds = View(None), 5
    files: list[Chunk] = []
    facts: list[Chunk] = []
    for turn in range(rounds):
        piece, pair = cut(events, turn, rounds), cut(links, turn, rounds)
        tail = [Chunk(f"tail-{turn}", giving(piece.slice(0, len(piece) // 3)), durable=False)]
        files.append(Chunk(f"file-{turn}", giving(piece.slice(len(piece) // 3)), durable=True))
        facts.append(Chunk(f"links-{turn}", giving(pair), durable=True))
        if turn == 3:
            files = [Chunk("merged", giving(pa.concat_tables([one.load() for one in files])), durable=True)]
        view.replace([*files, *tail], facts)
        yield view


def cut(table: pa.Table, turn: int, rounds: int) -> pa.Table:
    first, last = len(table) * turn // rounds, len(table) * (turn + 1) // rounds
    return table.slice(first, last - first)


def giving(table: pa.Table) -> Callable[[], pa.Table]:
    return lambda: table


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_workers_follow_a_world_that_grows(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links divide persons between shards, everyone is placed anew, workers come, go and are replaced."""
    monkeypatch.setattr(placement, "FEW", 5 if seed % 2 else 1000)
    workers = Workers("a", "b")
    divided = 0
    for turn, view in enumerate(growing(seed)):
        if turn == 2:
            workers.workers["c"] = type(workers.workers["a"])()
        if turn == 3:
            workers.workers["a"] = type(workers.workers["b"])()
        if turn == 4:
            del workers.workers["b"]
        for kind, params in random.Random(seed + turn).sample(QUESTIONS, 4):
            same(Fixed(view), kind, params, workers)
        snapshot = view.snapshot()
        divided += int(workers._placements.of(snapshot).of(snapshot).divided.sum())
        assert resolve(snapshot).count > 0
    assert divided > 0 or seed % 2


@cache
def handing_over() -> View:
    """Return a shop where members sign in on the devices of others, again and again."""
    dice = random.Random(3)
    made = list(world(150, 60, 3, NOW).tables())
    links = pa.concat_tables([one.links for one in made], promote_options="default")
    first, length = NOW - 60 * DAY, 60 * DAY // HOUR
    devices = [name for name in links["b"].unique().to_pylist() if split_actor(name)[0] in ANONYMOUS_TYPES]
    members = [name for name in links["a"].unique().to_pylist() if name.startswith("user:")]
    signed: list[Row] = [
        (dice.choice(members), device, first + dice.randrange(length) * HOUR, number, "signed_in", first, 1.0)
        for number, device in enumerate(dice.sample(devices, 60) * 4)
    ]
    view = View(None)
    told = [
        Chunk("links", giving(links), durable=True),
        Chunk("shared", lambda: earliest_links(rows(named_too(signed))), durable=False),
    ]
    view.replace([Chunk(one.key, giving(one.events), durable=True) for one in made], told)
    return view


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in QUESTIONS}))
def test_workers_answer_as_threads_do_where_devices_change_hands(kind: str, workers: Workers) -> None:
    view = handing_over()
    snapshot = view.snapshot()
    shared = resolve(snapshot).steps.owners()
    assert len(shared) > 50
    same(Fixed(view), *next(one for one in QUESTIONS if one[0] == kind), workers)
    assert workers._placements.of(snapshot).of(snapshot).divided[shared].all()


def test_a_mistake_found_by_a_worker_reaches_the_asker_whole(workers: Workers) -> None:
    params = {
        "series": [
            {
                "step": {
                    "any_of": [
                        {
                            "event": "purchase",
                            "filters": [{"property": "channel", "op": "matches", "value": "("}],
                        }
                    ]
                }
            }
        ]
    }
    with pytest.raises(BadInput) as here:
        ask(Fixed(shop()), "trends", params, asking(2))
    with pytest.raises(BadInput) as there:
        ask(Fixed(shop()), "trends", params, on(workers))
    assert there.value.describe("zh") == here.value.describe("zh")


def test_an_unknown_executor_is_answered_with_the_nearest() -> None:
    assert list(EXECUTORS.all()) == ["ray", "threads"]
    with pytest.raises(BadInput) as caught:
        EXECUTORS.get("rey")
    assert "ray" in str(caught.value)
