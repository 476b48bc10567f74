"""Kafka, against librdkafka's own mock cluster: every message once, from where the last run ended."""

from __future__ import annotations

import json
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from tests.unit.collect.pulled import NOW, Facts, read, rows_of, world
from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.run import Sink
from tidewheel.collect.identifiers import RANKED
from tidewheel.collect.problems import Rejection
from tidewheel.collect.pull import CONNECTORS, Cursor, Job, Kept, pull
from tidewheel.collect.pull.rows import row_of, table_of_rows
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.connectors import settled

KAFKA = CONNECTORS.get("kafka")
MAPPING = Mapping(who={"user": "user"}, what="what", when="at")


class Cluster:
    """Brokers within this process, and a producer to them."""

    def __init__(self) -> None:
        self.producer = Producer({"bootstrap.servers": "nowhere", "test.mock.num.brokers": 1, "log_level": 0})
        about = self.producer.list_topics(timeout=10)
        self.servers = ",".join(f"{one.host}:{one.port}" for one in about.brokers.values())

    def send(self, topic: str, *messages: Any, stamp: int = NOW) -> None:
        for number, message in enumerate(messages):
            raw = message if isinstance(message, bytes | None) else json.dumps(message).encode()
            self.producer.produce(topic, raw, partition=number % 2, timestamp=stamp + number)
        self.producer.flush(10)


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def topic() -> str:
    return f"orders-{uuid.uuid4().hex[:8]}"


def place(cluster: Cluster, topic: str | None, **more: Any) -> Any:
    return KAFKA.Place.model_validate({"servers": cluster.servers, "topic": topic, **more})


def message(number: int) -> dict[str, Any]:
    return {"user": f"u{number % 3}", "what": "view_item", "at": NOW - 1000 * number, "n": number}


def test_each_message_is_read_once(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, *map(message, range(10)))
    batches = list(KAFKA().read(place(cluster, topic), {}, world(tmp_path)))
    assert sorted(row.cells["n"] for row in rows_of(batches)) == list(range(10))
    assert batches[-1].left == 0
    cursor = batches[-1].cursor
    assert list(KAFKA().read(place(cluster, topic), cursor, world(tmp_path))) == []
    cluster.send(topic, message(10), message(11), message(12))
    found = rows_of(list(KAFKA().read(place(cluster, topic), cursor, world(tmp_path))))
    assert sorted(row.cells["n"] for row in found) == [10, 11, 12]
    assert len({row.key for row in found}) == 3


def test_any_order_of_kills_gives_the_same_facts(
    cluster: Cluster, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(__import__(KAFKA.__module__, fromlist=["BATCH"]), "BATCH", 3)
    cluster.send(topic, *map(message, range(10)), message(3), message(3))  # equal ones are different facts
    clean, broken = Facts(), Facts()
    end = read(KAFKA(), place(cluster, topic), world(tmp_path), "events", MAPPING, clean, {})
    assert len(clean.kept) == 12
    for seed in range(3):
        assert read(KAFKA(), place(cluster, topic), world(tmp_path), "events", MAPPING, broken, {}, random.Random(seed)) == end  # fmt: skip
        assert broken.said() == clean.said()


def test_what_is_sent_twice_with_its_id_is_one(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, message(1), message(1))
    facts, mapping = Facts(), MAPPING.model_copy(update={"id": "n"})
    read(KAFKA(), place(cluster, topic), world(tmp_path), "events", mapping, facts, {})
    assert len(facts.kept) == 1


def test_native_events_need_no_mapping(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, *[{"event": "login", "who": {"user": f"u{n}"}, "time": NOW} for n in range(3)])
    facts = Facts()
    read(KAFKA(), place(cluster, topic), world(tmp_path), "events", Mapping(), facts, {})
    assert {one.actor for one in facts.kept.values()} == {"user:u0", "user:u1", "user:u2"}


@pytest.mark.parametrize(
    "broken", [b"not json", [1, 2], {"n": 1}, {"event": "login", "properties": {"n": 1}}]
)
def test_a_broken_message_among_native_events_stops_nobody(
    broken: Any, cluster: Cluster, topic: str, tmp_path: Path
) -> None:
    good = [{"event": "login", "who": {"user": f"u{n}"}, "time": NOW} for n in range(3)]
    cluster.send(topic, broken)
    refused: list[Rejection] = []
    facts, here = Facts(), world(tmp_path)
    sink = Kept(Sink(facts.take, rejected=refused.extend, whole_rows=True), lambda: None)
    job, cursors = Job("events", Mapping(), Arrival("source", NOW), lambda: sink), list[Cursor]()
    pull(KAFKA().read(place(cluster, topic), {}, here), job, lambda cursor, _: cursors.append(cursor))
    cluster.send(topic, good[0], broken, *good[1:])
    tally = pull(
        KAFKA().read(place(cluster, topic), cursors[-1], here), job, lambda cursor, _: cursors.append(cursor)
    )
    assert (tally.accepted, tally.rejected) == (3, 1)
    assert {one.actor for one in facts.kept.values()} == {"user:u0", "user:u1", "user:u2"}
    assert len(refused) == 2
    assert all(one.body for one in refused), "what was refused is kept"
    table = table_of_rows(
        [row_of(n, value) for n, value in enumerate([*good, broken if isinstance(broken, dict) else 1])]
    )
    settled_mapping = settled(table, "events", None, "Asia/Shanghai", RANKED)
    assert settled_mapping.who == {}, "a broken message makes nobody guess columns"


def test_messages_that_are_no_rows_are_refused_alone(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, b"{", None, [1], message(1))
    [batch] = KAFKA().read(place(cluster, topic), {}, world(tmp_path))
    refused = [row for _, part in batch.open().chunks() for row in part if isinstance(row, tuple)]
    assert (len(refused), len(rows_of([batch]))) == (3, 1)


def test_it_begins_where_it_is_told_to(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, message(1), message(2))
    latest = place(cluster, topic, start="latest")
    [batch] = KAFKA().read(latest, {}, world(tmp_path))
    assert rows_of([batch]) == []
    cluster.send(topic, message(3))
    [batch] = KAFKA().read(latest, batch.cursor, world(tmp_path))
    assert [row.cells["n"] for row in rows_of([batch])] == [3]


def test_deleted_messages_are_told_of(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, message(1))
    with pytest.raises(TidewheelError) as refused:
        list(KAFKA().read(place(cluster, topic), {"offsets": {"0": 99}}, world(tmp_path)))
    assert refused.value.code == "offsets_gone"


def test_topics_are_discovered(cluster: Cluster, topic: str, tmp_path: Path) -> None:
    cluster.send(topic, message(1))
    [found] = KAFKA().discover(place(cluster, topic), world(tmp_path))
    assert (found.settings, [row.cells["n"] for row in found.rows]) == ({"topic": topic}, [1])
    assert "partitions hold 1 messages" in KAFKA().check(place(cluster, topic), world(tmp_path)).en
    with pytest.raises(TidewheelError) as refused:
        list(KAFKA().read(place(cluster, None), {}, world(tmp_path)))
    assert refused.value.code == "no_topic"


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(__import__(KAFKA.__module__, fromlist=["TIMEOUT_SECONDS"]), "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(TidewheelError) as refused:
        KAFKA().check(KAFKA.Place.model_validate({"servers": "127.0.0.1:9"}), world(tmp_path))
    assert refused.value.code == "brokers_unreachable"
