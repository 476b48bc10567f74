from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from tests.unit.demo.conftest import Made
from tidewheel.core.ids import IDENTIFIER_TYPES, key64, split_actor
from tidewheel.demo.marketing import ADS, COUPONS
from tidewheel.demo.schedule import CAUSED_VISIT
from tidewheel.demo.shopping import FUNNEL
from tidewheel.demo.visits import FIRST_AD
from tidewheel.demo.vocabulary import CHANNELS, PAID, STORE

STEPS = ("view_item", "add_to_cart", "begin_checkout", "purchase")


def near(successes: float, trials: float, probability: float) -> bool:
    """Within five standard deviations of a binomial count, and one more for the cut at the end."""
    return (
        abs(successes - trials * probability) <= 5 * math.sqrt(trials * probability * (1 - probability)) + 1
    )


def test_it_is_json(made: Made) -> None:
    assert json.loads(json.dumps(made.truth)) == made.truth


def test_orders_and_last_touch(made: Made) -> None:
    orders = made.named("purchase")
    assert made.truth["orders"]["orders"] == len(orders)
    assert made.truth["orders"]["value"] == sum(event.properties["value"] for event in orders)
    refunds = made.named("refund")
    assert made.truth["orders"]["refunded_value"] == sum(
        event.properties["refund_value"] for event in refunds
    )
    count: Counter[str] = Counter()
    value: Counter[str] = Counter()
    for event in orders:
        for word in (event.properties["channel"], event.properties.get("utm_source", "")):
            count[word] += 1
            value[word] += event.properties["value"]
    for row in made.truth["channels"]:
        assert (row["orders_last_touch"], row["value_last_touch"]) == (
            count[row["channel"]],
            value[row["channel"]],
        )
    for row in made.truth["ads"]:
        assert (row["orders_last_touch"], row["value_last_touch"]) == (
            count[row["utm_source"]],
            value[row["utm_source"]],
        )


def test_incremental_orders_are_possible(made: Made) -> None:
    channels = {row["channel"]: row for row in made.truth["channels"]}
    assert channels["natural"]["incremental_orders"] == 0
    total = made.truth["orders"]
    caused = sum(row["incremental_orders"] for row in channels.values())
    assert caused >= total["orders"] - total["orders_no_channel_caused"] > 0
    paid = channels["paid"]
    assert sum(row["incremental_orders"] for row in made.truth["ads"]) >= paid["incremental_orders"] > 0
    assert all(row["incremental_orders"] <= total["orders"] for row in channels.values())


def test_visits_need_their_channel_as_often_as_planted(made: Made) -> None:
    town = made.world.town(0)
    visits, people = town.visits, town.people
    known = visits.person
    ordinary = (people.old[known]) & (visits.message < 0) & (visits.platform != STORE)
    for channel in range(1, len(CHANNELS)):
        for number, ad in enumerate(ADS if channel == PAID else [None]):
            rows = ordinary & (visits.channel == channel) & ((visits.ad == number) | (ad is None))
            planted = CAUSED_VISIT[channel] if ad is None else ad[4]
            needing = ((visits.needs[rows] >> channel) & 1).sum()
            assert near(needing, rows.sum(), planted), CHANNELS[channel]
            if ad is not None:
                assert ((visits.needs[rows] >> (FIRST_AD + number)) & 1).sum() == needing


def test_an_order_that_needs_a_channel_has_it_in_its_past(made: Made) -> None:
    town = made.world.town(0)
    visits = town.visits
    seen = np.zeros(len(town.people.index), dtype=np.int64)
    for row in range(len(visits.person)):
        person = visits.person[row]
        seen[person] |= 1 << visits.channel[row]
        needs = int(visits.needs[row]) & 0xFF
        if not (needs >> 4) & 1:  # what a sharer needed is not in the invited person's own past
            assert needs & ~int(seen[person]) == 0


def test_coupons(made: Made) -> None:
    counts = {
        name: Counter(event.properties["coupon_id"] for event in made.named(name))
        for name in ("coupon_issue", "coupon_claim", "coupon_redeem")
    }
    spent: Counter[str] = Counter()
    for event in made.named("coupon_redeem"):
        spent[event.properties["coupon_id"]] += event.properties["value"]
    for row in made.truth["coupons"]:
        coupon = row["coupon_id"]
        assert row["issued"] == counts["coupon_issue"][coupon]
        assert row["claimed"] == counts["coupon_claim"][coupon]
        assert row["redeemed"] == counts["coupon_redeem"][coupon]
        assert row["discount"] == spent[coupon] == row["redeemed"] * row["off"]
        assert 0 <= row["incremental_orders"] <= row["redeemed"]
    assert [row["coupon_id"] for row in made.truth["coupons"]] == [coupon.id for coupon in COUPONS]
    assert sum(row["incremental_orders"] for row in made.truth["coupons"]) > 0


def test_orders_are_caused_by_coupons_as_often_as_planted(made: Made) -> None:
    caused = expected = spread = 0.0
    for first in made.world.shards():
        town = made.world.town(first)
        visits, shopping = town.visits, town.shopping
        rows = np.flatnonzero((visits.platform != STORE) & shopping.ordered & (shopping.coupon >= 0))
        last = FUNNEL[visits.platform[rows], visits.channel[rows], 3]
        lift = np.array([coupon.lift for coupon in COUPONS])[shopping.coupon[rows]]
        chance = 1 - last / np.minimum(last + lift, 1.0)
        caused += shopping.by_coupon[rows].sum()
        expected += chance.sum()
        spread += (chance * (1 - chance)).sum()
        assert not shopping.by_coupon[shopping.coupon < 0].any()
    assert abs(caused - expected) < 4 * math.sqrt(spread)


def test_funnel_is_recovered_from_events(made: Made) -> None:
    sessions: dict[str, set[tuple[str, str, float]]] = defaultdict(set)
    with_coupon: Counter[tuple[str, str, str]] = Counter()
    for event in made.events:
        said = event.properties
        if "session_id" in said and said["platform"] != "store":
            place = (said["platform"], said["channel"], said["session_id"])
            sessions["visits"].add(place)
            sessions[event.name].add(place)
            if "coupon_id" in said and event.name in STEPS:
                with_coupon[event.name, said["platform"], said["channel"]] += 1
    lifts = [coupon.lift for coupon in COUPONS]
    for segment in made.truth["funnel"]["segments"]:
        where = segment["platform"], segment["channel"]
        count = {step: sum(place[:2] == where for place in sessions[step]) for step in ("visits", *STEPS)}
        for step, number in count.items():
            assert segment["counts"][step] == number, (where, step)
        bought, tried = count["purchase"], count["begin_checkout"]
        helped = with_coupon["begin_checkout", *where]
        assert segment["counts"]["begin_checkout_with_coupon"] == helped
        assert segment["counts"]["purchase_with_coupon"] == with_coupon["purchase", *where]
        planted = segment["probabilities"]
        for before, step in zip(("visits", *STEPS[:2]), STEPS[:3], strict=True):
            assert near(count[step], count[before], planted[step]), (where, step)
        assert near(bought - with_coupon["purchase", *where], tried - helped, planted["purchase"]), where
        sure = with_coupon["purchase", *where]
        slack = 5 * math.sqrt(helped) + 1
        assert helped * (planted["purchase"] + min(lifts)) - slack <= sure
        assert sure <= helped * min(1.0, planted["purchase"] + max(lifts)) + slack


def test_slots_shows_shares_messages_and_missing_words(made: Made) -> None:
    truth = made.truth
    seen, clicked = (
        Counter(event.properties["slot_id"] for event in made.named(name))
        for name in ("slot_view", "slot_click")
    )
    for row in truth["slots"]:
        assert (row["views"], row["clicks"]) == (seen[row["slot_id"]], clicked[row["slot_id"]])
        assert near(row["clicks"], row["views"], row["click_probability"])
    watched = Counter(event.properties["show_id"] for event in made.named("live_enter"))
    sold = [event for event in made.named("purchase") if "show_id" in event.properties]
    for row in truth["shows"]:
        mine = [event.properties["value"] for event in sold if event.properties["show_id"] == row["show_id"]]
        assert (row["viewers"], row["orders"], row["value"]) == (
            watched[row["show_id"]],
            len(mine),
            sum(mine),
        )
        assert row["incremental_orders"] <= row["orders"]
    shares = {event.properties["share_id"]: event.properties["depth"] for event in made.named("share")}
    depth = Counter(shares.values())
    came = [event for event in made.named("purchase") if event.properties["channel"] == "fission"]
    for row in truth["shares"]["by_depth"]:
        mine = [
            event.properties["value"]
            for event in came
            if shares[event.properties["share_id"]] == row["depth"]
        ]
        assert (row["shares"], row["orders"], row["value"]) == (depth[row["depth"]], len(mine), sum(mine))
    assert truth["messages"]["sent"] == len(made.named("message_send"))
    assert truth["messages"]["opened"] == len(made.named("message_open"))
    assert 0 < truth["messages"]["incremental_orders"] <= truth["messages"]["orders_last_touch"]
    words = Counter(
        event.properties["search_term"] for event in made.named("search") if event.properties["results"] == 0
    )
    assert words == {row["search_term"]: row["searches"] for row in truth["missing_words"] if row["searches"]}
    for row in truth["missing_words"]:
        assert near(row["orders_missed"], row["searches"], row["order_probability"])


def test_share_trees_are_credited_to_who_began_them(made: Made) -> None:
    owner = {name: person for person, groups in made.world.identities() for group in groups for name in group}
    shares = {event.properties["share_id"]: event for event in made.named("share")}
    value: Counter[int] = Counter()
    for event in made.named("purchase"):
        if event.properties["channel"] == "fission":
            root = shares[shares[event.properties["share_id"]].properties["root_share_id"]]
            value[owner[root.actor]] += event.properties["value"]
    trees = {owner[row["actor"]]: row["value"] for row in made.truth["shares"]["top_trees"]}
    assert trees
    assert trees == {person: value[person] for person in trees}
    assert max(value.values()) == max(trees.values())


def test_churn_is_as_hazardous_as_planted(made: Made) -> None:
    checked = 0
    for row in made.truth["churn"]:
        if row["kind"] != "one_visit" and row["people"]:
            assert near(row["left"], row["days_at_risk"], row["hazard_a_day"]), row
            checked += 1
    assert checked > 20


def test_costs_cover_every_paid_visit(made: Made) -> None:
    costs = made.world.costs().to_pylist()
    paid = [row for row in costs if row["channel"] == "paid"]
    assert all(row["impressions"] > row["clicks"] > 0 and row["cost"] > 0 for row in paid)
    clicks: Counter[str] = Counter()
    for row in paid:
        clicks[row["utm_source"]] += row["clicks"]
    for row in made.truth["ads"]:
        assert row["visits"] <= clicks[row["utm_source"]] < 2 * row["visits"]
    said = {
        (event.properties["utm_source"], event.properties["utm_campaign"])
        for event in made.named("page_view")
        if event.properties.get("channel") == "paid" and "utm_source" in event.properties
    }
    assert said <= {(row["utm_source"], row["campaign"]) for row in paid}
    assert {row["campaign"] for row in costs if row["channel"] == "live"} == {
        row["show_id"] for row in made.truth["shows"]
    }


def resolved(made: Made) -> tuple[dict[str, str], int]:
    """Fold the links in order of (time, id) by the rules of core.ids; return the groups and the refusals."""
    parent: dict[str, str] = {}
    held: dict[str, Counter[str]] = {}

    def root(name: str) -> str:
        if name not in parent:
            parent[name] = name
            held[name] = Counter({split_actor(name)[0]: 1})
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    refused = set()
    for event in sorted(made.events, key=lambda event: (event.time, event.id)):
        root(event.actor)
        for other in event.others:
            left, right = root(event.actor), root(other)
            if left == right:
                continue
            both = held[left] + held[right]
            limits = IDENTIFIER_TYPES.items()
            if any(limit is not None and both[kind] > limit for kind, limit in limits):
                refused.add((event.actor, other))
            else:
                parent[right], held[left] = left, both
    return {name: root(name) for name in parent}, len(refused)


def test_links_lead_to_the_planted_persons(made: Made) -> None:
    found, refused = resolved(made)
    bots = {
        event.actor
        for event in made.events
        if "session_id" not in event.properties and "user_agent" in event.properties
    }
    planted = {
        name: (person, number)
        for person, groups in made.world.identities()
        for number, group in enumerate(groups)
        for name in group
    }
    assert set(found) - bots == set(planted)
    by_root: dict[str, set[Any]] = defaultdict(set)
    for name, one in planted.items():
        by_root[found[name]].add(one)
    assert all(len(ones) == 1 for ones in by_root.values())
    truth = made.truth["identity"]
    assert truth["persons_after_links"] == len(by_root) == len(set(planted.values()))
    assert truth["people"] == len({person for person, _ in planted.values()})
    assert truth["identifiers"] == len(planted)
    assert truth["links_to_refuse"] == refused > 0
    assert truth["bots"] == len(bots)
    digest = 0
    for name, (person, _) in planted.items():
        digest ^= key64(name, str(person))
    assert truth["digest"] == f"{digest:016x}"
    groups = dict(made.world.identities())
    assert truth["sample"]
    assert all(row["groups"] == groups[row["person"]] for row in truth["sample"])


def test_people_are_anonymous_until_they_log_in(made: Made) -> None:
    first: dict[str, int] = {}
    for event in made.events:
        if event.name in {"sign_up", "login"} and event.actor.startswith("user:"):
            first[event.actor] = min(event.time, first.get(event.actor, event.time))
            assert any(split_actor(other)[0] in {"device", "cookie"} for other in event.others)
    for event in made.events:
        if event.actor.startswith("user:"):
            assert event.time >= first[event.actor]
    joined = {event.actor for event in made.named("sign_up") if event.actor.startswith("user:")}
    assert len(joined) > 200
    kinds = Counter(split_actor(event.actor)[0] for event in made.events)
    assert kinds["device"] > 1_000
    assert kinds["cookie"] > 1_000
