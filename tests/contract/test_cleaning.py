"""Values put together by wildcards: figures, people, names that are values already, and what is refused."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.cleaning import cleaned
from tidewheel.analyse.run import ask, people_behind
from tidewheel.analyse.verify.world import fits
from tidewheel.core.errors import BadInput
from tidewheel.store.reader import word_count

VIEW = {"any_of": [{"event": "page_view"}]}
SHOPPING = [{"pattern": "/g*s", "name": "shopping"}, {"pattern": "/*i*t", "name": "shopping"}]
RULES = [*SHOPPING, {"pattern": "/home"}, {"pattern": "/pa*"}]


def answer(kind: str, **params: Any) -> Any:
    return ask(shop(), kind, {"period": {"last": 30}, **params}, asking()).result


def trend(breakdown: dict[str, Any], **params: Any) -> dict[str, float]:
    """Return the page views and people by value of a breakdown."""
    series = [{"step": VIEW, "measure": {"kind": kind}} for kind in ("count", "people")]
    lines = answer("trends", series=series, grain="total", breakdowns=[breakdown], top=200, **params).lines
    return {f"{line.series} {line.group[0]}": line.total for line in lines if line.group}


def test_what_a_name_stands_for_is_what_its_values_are_together() -> None:
    raw, clean = trend({"property": "page"}), trend({"property": "page", "clean": RULES})
    assert clean["0 shopping"] == raw["0 /goods"] + raw["0 /list"]
    either = [{"property": "page", "op": "in", "value": ["/goods", "/list"]}]
    [_, people] = answer("trends", grain="total", series=[
        {"step": {"any_of": [{"event": "page_view", "filters": either}]}, "measure": {"kind": kind}} for kind in ("count", "people")
    ]).lines  # fmt: skip
    assert clean["1 shopping"] == people.total < raw["1 /goods"] + raw["1 /list"]
    assert clean["0 /pa*"] == raw["0 /paid"]
    kept = {"/home", "/landing", "/checkout", "/activity", "None"}
    assert {name for name in clean if name.startswith("0")} == {
        f"0 {one}" for one in {*kept, "shopping", "/pa*"}
    }
    for one in kept:
        assert clean[f"0 {one}"] == raw[f"0 {one}"]


def test_a_name_may_be_a_value_and_values_may_change_names() -> None:
    raw = trend({"property": "page"})
    into = trend({"property": "page", "clean": [{"pattern": "/goods", "name": "/home"}]})
    assert into["0 /home"] == raw["0 /home"] + raw["0 /goods"]
    swap = [{"pattern": "/goods", "name": "/home"}, {"pattern": "/home", "name": "/goods"}]
    swapped = trend({"property": "page", "clean": swap})
    assert (swapped["0 /home"], swapped["0 /goods"]) == (raw["0 /goods"], raw["0 /home"])
    rest = trend({"property": "page", "clean": [{"pattern": "/goods", "name": "$other"}]})
    assert rest["0 $$other"] == raw["0 /goods"]


@pytest.mark.parametrize(
    ("kind", "params", "cell"),
    [
        ("paths", {"anchor": VIEW, "split": VIEW, "by": [{"property": "page", "clean": RULES}]}, {"at": 0, "node": ["page_view", "shopping"]}),
        ("pages", {"page": {"property": "page", "clean": RULES}}, {"page": ["shopping"]}),
        ("sessions", {"ends": {"property": "page", "clean": RULES}, "contains": VIEW}, {"entry": ["shopping"]}),
        ("trends", {"series": [{"step": VIEW, "measure": {"kind": "people"}}], "grain": "total", "breakdowns": [{"property": "page", "clean": RULES}]}, {"series": 0, "group": ["shopping"]}),
    ],
)  # fmt: skip
def test_its_people_open(kind: str, params: dict[str, Any], cell: dict[str, Any]) -> None:
    found = answer(kind, **params)
    told = {
        "paths": lambda: next(n.people for n in found.groups[0].steps[0].nodes if n.node[1] == "shopping"),
        "pages": lambda: next(one.people for one in found.pages if one.page == ["shopping"]),
        "sessions": lambda: next(one.entry_people for one in found.ends if one.node == ["shopping"]),
        "trends": lambda: next(line.total for line in found.lines if line.group == ["shopping"]),
    }[kind]()
    question = {"period": {"last": 30}, **params}
    assert people_behind(shop(), kind, question, cell, asking())[1].size == told > 0


def test_items_and_people_are_put_together_too() -> None:
    def groups(breakdown: dict[str, Any]) -> dict[str, int]:
        params = {"start": VIEW, "back": VIEW, "breakdowns": [breakdown], "top": 200}
        return {str(one.group[0]): one.people for one in answer("retention", **params).groups if one.group}

    city = {"property": "city", "scope": "person"}
    raw, clean = groups(city), groups({**city, "clean": [{"pattern": "*州", "name": "州"}]})
    assert clean["州"] == sum(people for name, people in raw.items() if name.endswith("州")) > 0
    bought = {"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "count"}}
    goods = {"property": "item_id", "scope": "item"}
    [line] = [
        one
        for one in answer(
            "trends", series=[bought], grain="total", breakdowns=[{**goods, "clean": [{"pattern": "*"}]}]
        ).lines
        if one.group == ["*"]
    ]
    assert line.total == answer("trends", series=[bought], grain="total").lines[0].total
    who = answer(
        "portrait", who=VIEW, properties=[{**city, "clean": [{"pattern": "*州", "name": "州"}]}], support=1
    )
    assert "州" in str(who)


@pytest.mark.parametrize(
    "breakdown",
    [
        {"property": "value"},
        {"property": "page", "kind": "number"},
        {"property": "$event"},
        {"property": "age", "scope": "person", "kind": "number"},
    ],
)
def test_what_is_no_text_is_refused(breakdown: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        trend({**breakdown, "clean": [{"pattern": "*"}]})
    assert (caught.value.code, caught.value.field) == ("clean_needs_text", "clean")


@pytest.mark.parametrize("seed", range(5))
def test_rules_catch_what_they_catch_sign_by_sign(seed: int) -> None:
    dice = random.Random(seed)
    snapshot = shop().snapshot()
    column = f"t_clean{seed}"
    words = list({"".join(dice.choices("ab*./商\n$\\?[", k=dice.randint(1, 5))) for _ in range(400)})
    snapshot.interner(column).codes(pa.array(words), add=True)
    assert word_count(snapshot, column) == len(words)
    for _ in range(30):
        rules = tuple(
            ("".join(dice.choices("ab*./商\n$\\?[*", k=dice.randint(1, 5))), dice.choice(["a", "b/", "new", "more"]))
            for _ in range(dice.randint(1, 4))
        )  # fmt: skip
        becomes, fresh = cleaned(snapshot, column, rules)
        told = [None, *words, *fresh]
        assert told[becomes[0]] is None
        assert len(set(told)) == len(told)
        for at, word in enumerate(words):
            name = next((name for pattern, name in rules if fits(pattern, word)), word)
            assert told[becomes[at + 1]] == name
    assert becomes.dtype == np.int32
