"""Questions that share a pass get the bytes they get alone; each is followed, stopped and failed by itself."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tests.contract.test_analyses import COUNTED, SAMPLES, Fixed
from tidewheel.analyse.executor import Stop, Watch
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.fold import Fold, Opened
from tidewheel.analyse.passes import MOST, Member, Pass, together
from tidewheel.analyse.run import ANALYSES, _open, ask, parse
from tidewheel.core.errors import BadInput, Cancelled
from tidewheel.store.view import Snapshot

PEOPLE = {"filters": [{"property": "platform", "scope": "person", "op": "is_set"}]}
RECENT = {"last": 9}
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (kind, ANALYSES.get(kind).samples[number]) for kind, number in SAMPLES
] + list(COUNTED)
VARIED = [
    *QUESTIONS,
    *((kind, {**params, "people": PEOPLE}) for kind, params in QUESTIONS[:6] if "people" not in params),
    *((kind, {**params, "period": RECENT}) for kind, params in QUESTIONS[:6] if kind != "ltv"),
    *(
        (kind, {**params, "filters": [{"property": "channel", "op": "in", "value": ["media", "fission"]}]})
        for kind, params in QUESTIONS[:6]
        if kind in ("trends", "funnel", "retention") and "filters" not in params
    ),
]


@dataclass(frozen=True)
class Result:
    """A part and what it becomes."""

    opened: Opened
    part: Any

    def told(self) -> str:
        fold = self.opened.fold
        shaped = fold.analysis.shape(fold.question, self.opened.context, self.part)
        return str(shaped.model_dump_json())


def opened(snapshot: Snapshot, kind: str, params: dict[str, Any]) -> Opened:
    analysis, how = ANALYSES.get(kind)(), asking(2)
    return _open(snapshot, Fold(analysis, parse(analysis, params), how.calendar, how.now), how)


@pytest.mark.parametrize("seed", range(6))
def test_questions_of_one_pass_get_the_bytes_they_get_alone(seed: int) -> None:
    snapshot, threads = shop().snapshot(), Threads(2)
    dice = random.Random(seed)
    asked = dice.sample(VARIED, min(len(VARIED), 18))
    members = [Member(opened(snapshot, *one), Watch()) for one in asked]
    shared = 0
    for group in together(members):
        assert len(group) <= MOST
        if len(group) > 1:
            shared += len(group)
            Pass(group).run(threads.map, lambda people, _: [(0, people // 3), (people // 3, people)])
    assert shared > len(asked) // 2
    for member, one in zip(members, asked, strict=True):
        if member.done.is_set():
            alone = opened(snapshot, *one)
            expected = Result(alone, threads.fold(alone, Watch())).told()
            assert Result(member.opened, member.total()).told() == expected, one
    threads.close()


def test_tiles_at_once_get_the_answers_they_get_one_after_another() -> None:
    asked = [one for one in QUESTIONS if not ANALYSES.get(one[0]).settles][:20]
    expected = [ask(Fixed(shop()), *one, asking(2)).model_dump_json() for one in asked]
    snapshot = shop().snapshot()
    snapshot.lately.clear()
    how = asking(2)
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda one: ask(Fixed(shop()), one[0], one[1], how).model_dump_json(), asked))
    assert answers == expected


def test_each_question_of_a_pass_is_followed_and_stopped_by_itself() -> None:
    snapshot, threads = shop().snapshot(), Threads(2)
    kind, params = QUESTIONS[0]
    stop, seen = Stop(), [0.0]
    stop.set()
    given_up = Member(opened(snapshot, kind, params), Watch(stop))
    kept = Member(opened(snapshot, kind, params), Watch(Stop(), seen.append))
    Pass([given_up, kept]).run(threads.map, threads.shards)
    assert isinstance(given_up.error, Cancelled)
    assert kept.error is None
    assert max(seen) == 1.0
    expected = threads.fold(opened(snapshot, kind, params), Watch())
    assert Result(kept.opened, kept.total()).told() == Result(kept.opened, expected).told()
    threads.close()


def test_a_question_that_fails_takes_no_other_with_it() -> None:
    snapshot, threads = shop().snapshot(), Threads(2)
    kind, params = QUESTIONS[0]
    whole = opened(snapshot, kind, params)

    class Failing(type(whole.fold.analysis)):  # type: ignore[misc]
        def partial(self, *_: Any) -> Any:
            raise ArithmeticError

    broken = replace(whole, fold=replace(whole.fold, analysis=Failing()))
    members = [Member(broken, Watch()), Member(whole, Watch())]
    Pass(members).run(threads.map, threads.shards)
    assert isinstance(members[0].error, ArithmeticError)
    assert members[1].error is None
    assert members[1].parts
    threads.close()


def test_one_that_cannot_be_read_for_is_told_so_and_the_others_are_answered() -> None:
    good = QUESTIONS[0]
    kind, params = good
    bad = (kind, {**params, "filters": [{"property": "channel", "op": "matches", "value": "("}]})
    how, snapshot = asking(2), shop().snapshot()
    expected = ask(Fixed(shop()), *good, how).model_dump_json()
    snapshot.lately.clear()

    def told(one: tuple[str, dict[str, Any]]) -> str:
        try:
            return ask(Fixed(shop()), one[0], one[1], how).model_dump_json()
        except BadInput as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(told, [good, bad, bad, good]))
    assert answers[0] == answers[3] == expected
    assert answers[1] == answers[2] != expected
