from __future__ import annotations

from tests.unit.store.builders import NOVEMBER, event
from tidewheel.store.links import LinkMaker, links_of


def test_each_pair_once_with_its_earliest_event() -> None:
    table = links_of(
        [
            event(5, actor="user:u", others=["device:d", "phone:p"], name="login"),
            event(3, actor="user:u", others=["device:d"], name="sign_up"),
            event(4, actor="user:u", others=["device:d"]),
        ]
    )
    assert [list(row.values()) for row in table.drop_columns(["time"]).to_pylist()] == [
        ["user:u", "device:d", 3, "sign_up", "same_event"],
        ["user:u", "phone:p", 5, "login", "same_event"],
    ]


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
