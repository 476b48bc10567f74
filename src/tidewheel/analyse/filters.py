"""Testing rows: which rows of a segment pass a filter.

A property that a row lacks satisfies only ``is_not_set`` and the negative operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.moments import MOMENTS, told
from tidewheel.analyse.picks import Pick, PickedMatch
from tidewheel.analyse.question import Condition, Every, Negation, OneItem, Some, Test
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Kind, column_name
from tidewheel.core.patterns import why_not
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text
from tidewheel.identify.hands import persons_of
from tidewheel.identify.properties import History, history, kinds
from tidewheel.identify.resolve import People
from tidewheel.store.reader import digits, floats, item_rows, list_digits, lut
from tidewheel.store.view import Loaded, Snapshot

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NEGATIVE: Final = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "has_none": "has_any",
    "is_not_set": "is_set",
}
NUMERIC: Final = ("gt", "gte", "lt", "lte", "between")
TEXTUAL: Final = ("contains", "starts_with", "ends_with", "matches")
LISTED: Final = ("has", "has_any", "has_all")


@dataclass(frozen=True, slots=True)
class Facts:
    """What tests are evaluated against."""

    snapshot: Snapshot
    people: People
    calendar: Calendar
    picked: tuple[PickedMatch, ...] = ()
    """The picked events asked for: what they match is called by their name."""


def passes(facts: Facts, tests: tuple[Test, ...], loaded: Loaded, rows: Ints) -> Bools:
    """Return which rows pass all tests; top-level item conditions must hold on one and the same item."""
    found = np.ones(len(rows), np.bool_)
    own, item = split_items(tests)
    for test in own:
        found[found] = _test(facts, test, loaded, rows[found])
    if item:
        left = rows[found]
        offsets, inner = item_rows(loaded, left)
        found[found] = _any(offsets, items_pass(facts, item, loaded, inner))
    return found


def is_picked(facts: Facts, pick: Pick, loaded: Loaded, rows: Ints) -> Bools:
    """Return which rows are a picked event."""
    found = np.zeros(len(rows), np.bool_)
    for one in pick.any_of:
        named = np.array([name == one.base for name in loaded.segment.names], np.bool_)
        left = ~found & named[loaded.segment.event[rows]]
        left[left] = passes(facts, one.own, loaded, rows[left])
        found |= left
    return found


def split_items(tests: tuple[Test, ...]) -> tuple[list[Test], list[Condition]]:
    """Return (tests of the event, conditions that one item must satisfy)."""
    own: list[Test] = []
    item: list[Condition] = []
    for test in tests:
        if isinstance(test, OneItem):
            item.extend(test.item)
        elif isinstance(test, Condition) and test.scope == "item":
            item.append(test)
        else:
            own.append(test)
    return own, item


def items_pass(facts: Facts, conditions: list[Condition], loaded: Loaded, inner: Ints) -> Bools:
    """Return which item rows satisfy all conditions."""
    found = np.ones(len(inner), np.bool_)
    for condition in conditions:
        found[found] = _column(facts, condition, loaded, inner[found], "i")
    return found


def people_pass(facts: Facts, tests: tuple[Test, ...]) -> Bools:
    """Return which persons pass tests of scope person."""
    found = np.ones(facts.people.count, np.bool_)
    for test in tests:
        found &= _person_test(facts, test)
    return found


def _person_test(facts: Facts, test: Test) -> Bools:
    if isinstance(test, Every):
        found = np.ones(facts.people.count, np.bool_)
        for inner in test.all:
            found &= _person_test(facts, inner)
        return found
    if isinstance(test, Some):
        found = np.zeros(facts.people.count, np.bool_)
        for inner in test.any:
            found |= _person_test(facts, inner)
        return found
    if isinstance(test, Negation):
        return ~_person_test(facts, test.not_)
    if isinstance(test, OneItem) or test.scope != "person":
        raise BadInput(
            "not_a_person_property",
            Text("People are chosen by person properties.", "筛选用户只能使用用户属性。"),
            field="people.filters",
            got=test.model_dump(mode="json"),
            expected={"scope": "person"},
        )
    values = _history(facts, test)
    return _person_values(facts, test, values, values.now())


def _test(facts: Facts, test: Test, loaded: Loaded, rows: Ints) -> Bools:
    if isinstance(test, Every):
        found = np.ones(len(rows), np.bool_)
        for inner in test.all:
            found[found] = _test(facts, inner, loaded, rows[found])
        return found
    if isinstance(test, Some):
        found = np.zeros(len(rows), np.bool_)
        for inner in test.any:
            found[~found] = _test(facts, inner, loaded, rows[~found])
        return found
    if isinstance(test, Negation):
        return ~_test(facts, test.not_, loaded, rows)
    if isinstance(test, OneItem):
        offsets, inner_rows = item_rows(loaded, rows)
        return _any(offsets, items_pass(facts, list(test.item), loaded, inner_rows))
    if test.scope == "item":
        offsets, inner_rows = item_rows(loaded, rows)
        return _any(offsets, items_pass(facts, [test], loaded, inner_rows))
    if test.scope == "person":
        person = persons_of(facts.snapshot, loaded, rows)
        values = _history(facts, test)
        if test.when == "event":
            return _person_values(facts, test, values, values.at(person, moments(loaded, rows)))
        return _person_values(facts, test, values, values.now())[person]
    if test.property in MOMENTS:
        return _moment(facts, test, moments(loaded, rows))
    return _column(facts, test, loaded, rows, "")


def _moment(facts: Facts, condition: Condition, time: Ints) -> Bools:
    moment = MOMENTS[condition.property]
    op = NEGATIVE.get(condition.op, condition.op)
    held = told(condition.property, facts.calendar, time)
    found = _compare(facts, condition, op, moment.kind, held)
    return ~found if condition.op in NEGATIVE else found


def moments(loaded: Loaded, rows: Ints) -> Ints:
    """Return the time of each row of a segment, in UTC milliseconds."""
    return loaded.segment.base + loaded.segment.time[rows].astype(np.int64)


def _any(offsets: Ints, hits: Bools) -> Bools:
    total: Ints = np.concatenate((np.zeros(1, np.int64), np.cumsum(hits, dtype=np.int64)))
    return np.diff(total[offsets]) > 0


def kind_for(condition: Condition, seen: list[Kind]) -> Kind:
    """Return the kind of values a condition speaks about."""
    if condition.kind:
        return condition.kind
    op = NEGATIVE.get(condition.op, condition.op)
    if op in ("gt", "gte", "lt", "lte"):
        return "number"
    if op in TEXTUAL:
        return "text"
    if op in ("before", "after"):
        return "time"
    if op in LISTED:
        return "list"
    sample = condition.value[0] if isinstance(condition.value, list) and condition.value else condition.value
    if op == "between":
        return "time" if isinstance(sample, str) else "number"
    if op in ("is", "in"):
        return "flag" if isinstance(sample, bool) else "text" if isinstance(sample, str) else "number"
    return seen[0] if seen else "text"


def _history(facts: Facts, condition: Condition) -> History:
    seen = kinds(facts.snapshot, condition.property)
    return history(facts.snapshot, condition.property, kind_for(condition, seen))


def _person_values(
    facts: Facts, condition: Condition, values: History, held: npt.NDArray[np.float64]
) -> Bools:
    op = NEGATIVE.get(condition.op, condition.op)
    if values.kind == "list":
        table = np.array([_list_holds(condition, op, set(state)) for state in values.states] or [False])
        found = table[held.astype(np.int64)]
    elif values.kind == "text":
        table = text_table(facts.snapshot, column_name(condition.property, "text"), condition, op)
        found = table[held.astype(np.int64)]
    else:
        found = _compare(facts, condition, op, values.kind, held)
    return ~found if condition.op in NEGATIVE else found


def _column(facts: Facts, condition: Condition, loaded: Loaded, rows: Ints, prefix: str) -> Bools:
    op = NEGATIVE.get(condition.op, condition.op)
    scope = "item" if prefix else "event"
    if op == "is_set" and condition.kind is None:
        seen = [
            column_name(condition.property, kind) for kind in facts.snapshot.kinds(condition.property, scope)
        ]
        found = np.zeros(len(rows), np.bool_)
        for column in seen:
            packed = loaded.segment.columns.get(prefix + column)
            if packed is not None:
                found |= packed.places(rows) >= 0
        return ~found if condition.op in NEGATIVE else found
    kind = kind_for(condition, [])
    column = prefix + column_name(condition.property, kind)
    if kind == "text":
        found = text_table(facts.snapshot, column, condition, op)[
            digits(facts.snapshot, loaded, column, rows)
        ]
    elif kind == "list":
        found = _lists(facts, condition, op, loaded, column, rows)
    else:
        found = _compare(facts, condition, op, kind, floats(loaded, column, rows))
    return ~found if condition.op in NEGATIVE else found


def _lists(facts: Facts, condition: Condition, op: str, loaded: Loaded, column: str, rows: Ints) -> Bools:
    if op == "is_set":
        packed = loaded.segment.columns.get(column)
        return np.zeros(len(rows), np.bool_) if packed is None else packed.places(rows) >= 0
    offsets, held = list_digits(facts.snapshot, loaded, column, rows)
    wanted = _words(condition)
    interner = facts.snapshot.interner(column)
    known = {word: index + 1 for index, word in enumerate(interner.all())}
    if op == "has_all":
        found = np.ones(len(rows), np.bool_)
        for word in wanted:
            found &= _any(offsets, held == known.get(word, -1))
        return found
    return _any(offsets, np.isin(held, [known.get(word, -1) for word in wanted]))


def _list_holds(condition: Condition, op: str, state: set[str]) -> bool:
    wanted = _words(condition) if op != "is_set" else []
    if op == "is_set":
        return bool(state)
    return all(word in state for word in wanted) if op == "has_all" else any(word in state for word in wanted)


def text_table(snapshot: Snapshot, column: str, condition: Condition, op: str) -> Bools:
    """Return for each digit of a text column whether it satisfies the (positive) operator."""

    def make() -> Bools:
        for loaded in snapshot.segments:
            if column in loaded.segment.columns:
                lut(snapshot, loaded, column)
        words = snapshot.interner(column.removeprefix("i")).all()
        holds = _text_test(condition, op)
        return np.array([False, *(holds(word) for word in words)], np.bool_)

    key = ("text", column, op, condition.model_dump_json())
    found: Bools = snapshot.recall(key, make, lambda table: table.nbytes)
    return found


def _text_test(condition: Condition, op: str) -> Callable[[str], bool]:
    if op == "is_set":
        return lambda _: True
    words = _words(condition)
    if op in ("is", "in"):
        return set(words).__contains__
    needle = words[0]
    if op == "contains":
        return lambda word: needle in word
    if op == "starts_with":
        return lambda word: word.startswith(needle)
    if op == "ends_with":
        return lambda word: word.endswith(needle)
    if op == "matches":
        try:
            pattern = re.compile(needle)
        except re.error as error:
            raise BadInput(
                "bad_pattern",
                Text("{got} is not a regular expression: {why}.", "{got} 不是合法的正则表达式：{why}。"),
                field="filters.value",
                got=needle,
                why=why_not(error),
                hint=Text(
                    "To look for the signs themselves, take contains.",
                    "如要查找这些字符本身，请改用“包含”（contains）。",
                ),
            ) from None
        return lambda word: pattern.search(word) is not None
    raise _wrong(condition, "text")


def _words(condition: Condition) -> list[str]:
    value = condition.value
    words = value if isinstance(value, list) else [value]
    if not words or not all(isinstance(word, str) for word in words):
        raise BadInput(
            "wrong_value",
            Text("{op} on {property} needs text to compare with.", "{property} 的 {op} 需要文本值。"),
            field="filters.value",
            got=value,
            expected="text",
            op=condition.op,
            property=condition.property,
        )
    return cast("list[str]", words)


def _wrong(condition: Condition, kind: str) -> BadInput:
    return BadInput(
        "wrong_operator",
        Text("{op} cannot be asked of a {kind} ({property}).", "{property} 是 {kind}，不能用 {op}。"),
        field="filters.op",
        got=condition.op,
        op=condition.op,
        kind=kind,
        property=condition.property,
    )


def _compare(facts: Facts, condition: Condition, op: str, kind: str, held: npt.NDArray[np.float64]) -> Bools:
    if op == "is_set":
        return ~np.isnan(held)
    given: list[Any] = condition.value if isinstance(condition.value, list) else [condition.value]
    values = [_number(facts, condition, kind, value) for value in given]
    with np.errstate(invalid="ignore"):
        if op in ("is", "in"):
            return np.isin(held, values)
        if op == "between":
            if len(values) != 2:
                raise _needs_two(condition)
            return (held >= values[0]) & (held <= values[1])
        if op in ("gt", "after"):
            return held > values[0]
        if op == "gte":
            return held >= values[0]
        if op in ("lt", "before"):
            return held < values[0]
        if op == "lte":
            return held <= values[0]
    raise _wrong(condition, kind)


def _needs_two(condition: Condition) -> BadInput:
    return BadInput(
        "wrong_value",
        Text("between on {property} needs two values.", "{property} 的区间需要两个值。"),
        field="filters.value",
        got=condition.value,
        expected="[low, high]",
        property=condition.property,
    )


def _number(facts: Facts, condition: Condition, kind: str, value: Any) -> float:
    try:
        if kind == "time":
            moment = datetime.fromisoformat(value)
            return (
                moment if moment.tzinfo else moment.replace(tzinfo=facts.calendar.tz())
            ).timestamp() * 1000
        if isinstance(value, bool | int | float):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise BadInput(
        "wrong_value",
        Text(
            "{property} is a {kind}; it cannot be compared with {got}.",
            "{property} 是 {kind}，不能与 {got} 比较。",
        ),
        field="filters.value",
        got=value,
        expected=kind,
        property=condition.property,
        kind=kind,
    )
