"""Laws of consents: the order of arrival changes nothing; joining and parting people moves them along."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import START, Fact, links, table
from tidewheel.identify.consents import ANY, facts_of, in_force, ledger, may_contact, withdrawn
from tidewheel.identify.people import number_of
from tidewheel.store.view import Chunk, Snapshot, View

PURPOSES, CHANNELS = ("analytics", "marketing"), (ANY, "sms", "email")
facts = st.lists(
    st.builds(
        lambda key, actor, time, purpose, channel, state: Fact(
            "$consent",
            START + time,
            f"user:{actor}",
            key,
            {"purpose": purpose, "channel": channel, "state": state},
        ),
        st.integers(0, 2**64 - 1),
        st.integers(0, 4),
        st.integers(0, 6),
        st.sampled_from(PURPOSES),
        st.sampled_from(CHANNELS),
        st.sampled_from(["granted", "withdrawn"]),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda fact: fact.id,
)
pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(5, 7)), max_size=6)


def shown(batches: list[list[Fact]], joined: list[tuple[str, str, int]]) -> Snapshot:
    view = View(None)
    chunks = [
        Chunk(f"{number}", partial(table, batch), durable=False)
        for number, batch in enumerate(batches)
        if batch
    ]
    linked = links(joined)
    view.replace(chunks, [Chunk("links", lambda: linked, durable=False)] if joined else [])
    return view.snapshot()


def plainly(told: list[Fact], members: set[str], purpose: str, channel: str) -> str | None:
    """Return what holds, in the plainest way: the last of what was said."""
    said: list[Any] = sorted(
        (fact.time, fact.id, fact.properties["state"])
        for fact in told
        if fact.actor in members and fact.properties["purpose"] == purpose
        if fact.properties["channel"] in (channel, ANY)
    )
    return said[-1][2] if said else None


def members_of(snapshot: Snapshot, actor: str, joined: list[tuple[str, str, int]]) -> set[str]:
    found = {actor}
    while True:
        more = {end for a, b, _ in joined if {a, b} & found for end in (a, b)}
        if more <= found:
            return found
        found |= more


@settings(max_examples=40, deadline=None)
@given(facts, pairs, st.randoms(use_true_random=False))
def test_what_holds_is_the_last_of_what_was_said(
    told: list[Fact], linked: list[tuple[int, int]], chance: Any
) -> None:
    joined = [(f"user:{a}", f"device:{b}", START) for a, b in dict.fromkeys(linked)]
    owner: dict[str, str] = {}
    joined = [
        one for one in joined if owner.setdefault(one[1], one[0]) == one[0]
    ]  # a device of one user each
    mixed = told * 2
    chance.shuffle(mixed)
    cut = chance.randrange(len(mixed) + 1)
    for batches in ([told], [mixed[:cut], mixed[cut:]]):
        snapshot = shown(batches, joined)
        for actor in {fact.actor for fact in told}:
            person = number_of(snapshot, actor)
            members = members_of(snapshot, actor, joined)
            for purpose in PURPOSES:
                for channel in CHANNELS:
                    wanted = plainly(told, members, purpose, channel)
                    found = may_contact(snapshot, person, purpose, channel, START + 10)
                    assert found.reason == (wanted or "no_consent")
                    assert found.allowed == (wanted == "granted")
                    held = in_force(facts_of(snapshot, person)).get((purpose, channel))
                    if held is not None:
                        assert held.state == wanted
                assert withdrawn(snapshot, purpose)[person] == (
                    plainly([one for one in told if one.properties["channel"] == ANY], members, purpose, ANY)
                    == "withdrawn"
                )


@settings(max_examples=40, deadline=None)
@given(facts)
def test_joining_and_parting_moves_consents_along(told: list[Fact]) -> None:
    first, second = "user:0", "device:9"
    told = [
        *told,
        Fact(
            "$consent", START + 9, second, 1, {"purpose": "marketing", "channel": ANY, "state": "withdrawn"}
        ),
    ]
    told.append(Fact("view_item", START, first, 2))
    apart = shown([told], [])
    before = may_contact(apart, number_of(apart, first), "marketing", "sms", START + 20)
    together = shown([told], [(first, second, START)])
    assert (
        may_contact(together, number_of(together, first), "marketing", "sms", START + 20).reason
        == "withdrawn"
    )
    again = shown([told], [])
    assert may_contact(again, number_of(again, first), "marketing", "sms", START + 20) == before


@settings(max_examples=40, deadline=None)
@given(facts, st.integers(0, 7))
def test_nothing_that_was_said_later_counts(told: list[Fact], moment: int) -> None:
    snapshot = shown([told], [])
    early = shown(
        [[one for one in told if one.time <= START + moment] or [Fact("x", START, "user:0", 0)]], []
    )
    for actor in {fact.actor for fact in told if fact.time <= START + moment}:
        for purpose in PURPOSES:
            then = may_contact(snapshot, number_of(snapshot, actor), purpose, "sms", START + moment)
            assert then == may_contact(early, number_of(early, actor), purpose, "sms", START + moment)
    assert len(ledger(snapshot).time) == len(told)
