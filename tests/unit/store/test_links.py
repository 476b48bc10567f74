from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from tests.unit.store.builders import HOUR, NOVEMBER, event
from tidewheel.core.period import MINUTE
from tidewheel.store.link_maker import LinkMaker, links_of
from tidewheel.store.links import LINK_SCHEMA, earliest_links, link_table, sign_ins


def at(hour: int) -> datetime:
    return datetime.fromtimestamp((NOVEMBER + hour * HOUR) / 1000, UTC)


def test_each_pair_once_with_its_earliest_event() -> None:
    table = links_of(
        [
            event(5, actor="user:u", others=["device:d", "phone:p"], name="login"),
            event(3, actor="user:u", others=["device:d"], name="sign_up"),
            event(4, actor="user:u", others=["device:d"]),
        ]
    )
    assert [list(row.values()) for row in table.drop_columns(["time"]).to_pylist()] == [
        ["user:u", "device:d", 3, "sign_up", "same_event", at(3), 1.0, None],
        ["user:u", "phone:p", 5, "login", "same_event", at(5), 1.0, None],
        ["user:u", "device:d", 3, "sign_up", "signed_in", at(3), 1.0, None],
        ["user:u", "device:d", 4, "view_item", "signed_in", at(4), 1.0, None],
        ["user:u", "device:d", 5, "login", "signed_in", at(5), 1.0, None],
    ]


def test_who_signed_in_on_a_device_is_kept_once_an_hour_in_any_order() -> None:
    events = [
        event(0, id=key, time=NOVEMBER + minute * MINUTE, actor=actor, others=[other])
        for key, (minute, actor, other) in enumerate(
            [(5, "user:a", "device:d"), (20, "user:b", "device:d"), (40, "user:a", "device:d"),
             (61, "user:a", "device:d"), (62, "user:a", "phone:p"), (63, "openid:o", "device:d"), (64, "user:a", "tablet:t")]
        )
    ]  # fmt: skip
    for order in (events, events[::-1], [*events[3:], *events[:3], *events]):
        kept = earliest_links(links_of(order))
        signed = kept.filter(pc.equal(kept["rule"], "signed_in")).select(["a", "b", "id"]).to_pylist()
        assert [tuple(row.values()) for row in signed] == [
            ("user:a", "device:d", 0), ("user:b", "device:d", 1), ("user:a", "device:d", 3), ("user:a", "tablet:t", 6),
        ]  # fmt: skip
    named = links_of(events)
    pairs = named.filter(pc.equal(named["rule"], "same_event"))
    assert sign_ins(pairs).num_rows == 3


def test_equal_times_are_told_apart_by_unsigned_id() -> None:
    events = [event(1, id=key, time=NOVEMBER, others=["user:u"]) for key in (2**63, 5)]
    assert links_of(events)["id"].to_pylist() == [5]


def test_an_identifier_is_not_linked_to_itself() -> None:
    assert links_of([event(1, actor="user:u", others=["user:u"])]).num_rows == 0


def test_a_maker_gives_a_pair_again_only_when_it_is_earlier() -> None:
    maker = LinkMaker()
    assert maker.make([event(5, others=["user:u"])]).num_rows == 1
    assert maker.make([event(6, others=["user:u"])]).num_rows == 0
    assert maker.make([event(4, others=["user:u"])]).num_rows == 1
    maker.forget()
    assert maker.make([event(6, others=["user:u"])]).num_rows == 1


def test_a_makers_memory_is_bounded() -> None:
    maker = LinkMaker(limit=2)
    maker.make([event(1, others=["user:1", "user:2", "user:3"])])
    assert maker.make([event(2, others=["user:1"])]).num_rows == 1


def test_a_later_event_that_was_asserted_earlier_is_given_too() -> None:
    late = event(3, others=["user:u"], received=NOVEMBER + 9 * HOUR)
    early = event(5, others=["user:u"])
    for order in ([late, early], [early, late]):
        assert links_of(order)["id"].to_pylist() == [3, 5]
    maker = LinkMaker()
    assert maker.make([early]).num_rows == 1
    assert maker.make([late]).num_rows == 1
    assert maker.make([event(6, others=["user:u"], received=NOVEMBER + 9 * HOUR)]).num_rows == 0


def test_facts_of_older_files_were_asserted_at_their_time_and_are_sure() -> None:
    made = links_of([event(5, others=["user:u"], received=NOVEMBER + 9 * HOUR)])
    older = link_table(made.select(["a", "b", "time", "id", "source", "rule"]))
    assert older.schema == LINK_SCHEMA
    assert older["received"].to_pylist() == older["time"].to_pylist()
    assert older["confidence"].to_pylist() == [1.0]
    mixed = pa.concat_tables(
        [made, made.select(LINK_SCHEMA.names[:6])], promote_options="default"
    )  # as a file made of both has it
    assert link_table(mixed)["received"].to_pylist() == [at(9), at(5)]
