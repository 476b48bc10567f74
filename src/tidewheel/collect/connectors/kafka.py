"""Topics of Kafka and what speaks like it, with JSON objects as messages.

How far each partition was read is in the cursor, not in Kafka: nothing is committed there. A message that was read
and not kept is read again; its partition and offset tell it apart, or the id that its mapping names.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.pull.contract import SECRET, Batch, Connector, Cursor, Found, Place, World, zh
from tidewheel.collect.pull.extras import library
from tidewheel.collect.pull.rows import row_of, table_of_rows
from tidewheel.core.errors import BadInput, TidewheelError, Unavailable
from tidewheel.core.text import Text

BATCH: Final = 5_000
TIMEOUT_SECONDS: Final = 15.0
PATIENCE_SECONDS: Final = 30.0
SAMPLE: Final = 20


class KafkaPlace(Place):
    """A cluster and a topic of it."""

    servers: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1000,
            description="Addresses of brokers: kafka-1:9092,kafka-2:9092",
            json_schema_extra=zh("Kafka 节点地址，如 kafka-1:9092,kafka-2:9092"),
        ),
    ]
    topic: Annotated[
        str | None,
        Field(
            max_length=249, pattern=r"^[A-Za-z0-9._-]+$", description="Topic", json_schema_extra=zh("主题")
        ),
    ] = None
    start: Annotated[
        Literal["earliest", "latest"],
        Field(
            description="Where the first run begins in each partition",
            json_schema_extra=zh("首次从各分区的哪里开始"),
        ),
    ] = "earliest"
    encrypted: Annotated[
        bool, Field(description="Connect with TLS", json_schema_extra=zh("使用 TLS 加密连接"))
    ] = False
    mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None,
        Field(
            description="How to sign in; empty: not at all", json_schema_extra=zh("认证方式，留空为不认证")
        ),
    ] = None
    user: Annotated[str | None, Field(max_length=300, description="User", json_schema_extra=zh("用户名"))] = (
        None
    )
    password: Annotated[
        str | None, Field(max_length=500, description="Password", json_schema_extra=zh("密码") | SECRET)
    ] = None


class Kafka(Connector):
    """Reads every partition up to where it ended when the run began."""

    name: ClassVar[str] = "kafka"
    title: ClassVar[Text] = Text("Kafka", "Kafka")
    Place = KafkaPlace

    def check(self, place: KafkaPlace, world: World) -> Text:  # noqa: ARG002
        """Ask the cluster for its topics, or for the ends of one."""
        with _consumer(place) as reader:
            if place.topic is None:
                count = len(reader.topics())
                return Text(f"Connected. {count} topics.", f"连接成功，共有 {count} 个主题。")
            ends = reader.ends(place.topic)
        waiting = sum(high - low for low, high in ends.values())
        return Text(
            f"Connected. {len(ends)} partitions hold {waiting:,} messages.",
            f"连接成功，{len(ends)} 个分区共有 {waiting:,} 条消息。",
        )

    def discover(self, place: KafkaPlace, world: World) -> list[Found]:
        """Return the topics, the named one with its last messages."""
        with _consumer(place) as reader:
            names = [place.topic] if place.topic else reader.topics()
            found = []
            for name in names[:200]:
                world.pause()
                if len(names) > 20:
                    found.append(Found(name, {"topic": name}))
                    continue
                ends = reader.ends(name)
                begin = {part: max(low, high - SAMPLE) for part, (low, high) in ends.items()}
                messages = list(
                    reader.until(name, begin, {part: high for part, (_, high) in ends.items()}, world)
                )
                rows = [row for message in messages[-SAMPLE:] if isinstance(row := _row(message), Row)]
                found.append(Found(name, {"topic": name}, rows))
            return found

    def read(self, place: KafkaPlace, cursor: Cursor, world: World) -> Generator[Batch, bool, None]:
        """Yield batches of messages; each partition in its own order."""
        if place.topic is None:
            raise BadInput(
                "no_topic",
                Text("Say which topic is to be read.", "请选择要读取的主题。"),
                field="topic",
                hint=Text("Choose one of those that discovery shows.", "请从发现的主题中选择。"),
            )
        with _consumer(place) as reader:
            ends = reader.ends(place.topic)
            at = _begin(place, cursor, ends, reader)
            highs = {part: high for part, (_, high) in ends.items()}
            held: list[Any] = []
            for message in reader.until(place.topic, at, highs, world):
                held.append(message)
                if len(held) >= BATCH:
                    yield _batch(place.topic, held, at, highs)
                    held = []
            if held or at != {int(part): offset for part, offset in cursor.get("offsets", {}).items()}:
                yield _batch(place.topic, held, at, highs)

    def back(self, cursor: Cursor, moment: int, zone: str) -> Cursor:  # noqa: ARG002
        """Begin at the first message that is not older than a moment."""
        return {"since": moment}


def _begin(
    place: KafkaPlace, cursor: Cursor, ends: dict[int, tuple[int, int]], reader: _Reader
) -> dict[int, int]:
    if "since" in cursor:
        return reader.at_time(str(place.topic), cursor["since"], ends)
    known = {int(part): int(offset) for part, offset in cursor.get("offsets", {}).items()}
    found = {}
    for part, (low, high) in ends.items():
        begin = known.get(part)
        if begin is None:
            begin = low if place.start == "earliest" or known else high
        elif begin < low or begin > high:
            raise BadInput(
                "offsets_gone",
                Text(
                    "Partition {part} was read up to {begin}, but holds {low} to {high}.",
                    "分区 {part} 已读到 {begin}，但现存范围是 {low} 到 {high}。",
                ),
                field="topic",
                got=begin,
                hint=Text(
                    "Messages were deleted before they were read, or the topic was made anew. Read it again from the start.",
                    "消息在读取前已被清理，或主题已重建。请选择“从头重新读取”。",
                ),
                part=part,
                begin=begin,
                low=low,
                high=high,
            )
        found[part] = begin
    return found


def _batch(topic: str, messages: list[Any], at: dict[int, int], highs: dict[int, int]) -> Batch:
    """Return a batch, and move ``at`` behind it."""
    for message in messages:
        at[message.partition()] = message.offset() + 1
    times = [ms for message in messages if (ms := message.timestamp()[1]) > 0]
    rows = [_row(message) for message in messages]
    left = sum(max(0, high - at.get(part, high)) for part, high in highs.items())
    moment = max(times, default=None)
    where = ", ".join(f"{part}:{offset}" for part, offset in sorted(at.items())[:4])
    offsets = {str(part): offset for part, offset in at.items()}
    return Batch(f"{topic} {where}", lambda: table_of_rows(rows), {"offsets": offsets}, moment, moment, left)


def _row(message: Any) -> Row | tuple[int, Refused]:
    number, raw = int(message.offset()), message.value()
    key = f"{message.topic()}:{message.partition()}:{number}"
    if raw is None:
        return number, Refused("bad_row", None, "null")
    try:
        return row_of(number, json.loads(raw), key)
    except (ValueError, RecursionError):
        return number, Refused("bad_row", None, raw[:100].decode("utf-8", "replace"))


class _Reader:
    def __init__(self, library: Any, consumer: Any) -> None:
        self._library, self._consumer = library, consumer

    def topics(self) -> list[str]:
        """Return the names of topics that are not Kafka's own."""
        found = self._consumer.list_topics(timeout=TIMEOUT_SECONDS).topics
        return sorted(name for name in found if not name.startswith("__"))

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        """Return the first offset and the one after the last of each partition."""
        about = self._consumer.list_topics(topic, timeout=TIMEOUT_SECONDS).topics.get(topic)
        if about is None or about.error is not None or not about.partitions:
            raise BadInput(
                "no_such_topic",
                Text("There is no topic {got}.", "没有主题 {got}。"),
                field="topic",
                got=topic,
                hint=Text("Choose one of those that discovery shows.", "请从发现的主题中选择。"),
                topic=topic,
            )
        marks = {}
        for part in sorted(about.partitions):
            where = self._library.TopicPartition(topic, part)
            low, high = self._consumer.get_watermark_offsets(where, timeout=TIMEOUT_SECONDS)
            marks[part] = (max(low, 0), max(high, 0))
        return marks

    def at_time(self, topic: str, moment: int, ends: dict[int, tuple[int, int]]) -> dict[int, int]:
        """Return the offsets of the first messages that are not older than a moment (UTC ms)."""
        asked = [self._library.TopicPartition(topic, part, moment) for part in ends]
        found = self._consumer.offsets_for_times(asked, timeout=TIMEOUT_SECONDS)
        return {one.partition: one.offset if one.offset >= 0 else ends[one.partition][1] for one in found}

    def until(self, topic: str, begin: dict[int, int], highs: dict[int, int], world: World) -> Iterator[Any]:
        """Yield messages from where to where."""
        at = {part: begin[part] for part in begin if begin[part] < highs.get(part, 0)}
        if not at:
            return
        self._consumer.assign(
            [self._library.TopicPartition(topic, part, offset) for part, offset in at.items()]
        )
        idle = 0.0
        while at:
            world.pause()
            messages = self._consumer.consume(1_000, timeout=0.5)
            idle = 0.0 if messages else idle + 0.5
            if idle > PATIENCE_SECONDS:
                raise _silent(topic)
            for message in messages:
                if message.error() is not None:
                    raise self._library.KafkaException(message.error())
                part = message.partition()
                if part in at and message.offset() < highs[part]:
                    at[part] = message.offset() + 1
                    yield message
            for part in [
                part for part, offset in at.items() if offset >= highs[part] or self._past(topic, part, highs)
            ]:
                del at[part]

    def _past(self, topic: str, part: int, highs: dict[int, int]) -> bool:
        """Say whether a partition was read to its end, where the last offsets are not messages (transactions)."""
        [where] = self._consumer.position([self._library.TopicPartition(topic, part)])
        return bool(where.offset >= highs[part])


@contextmanager
def _consumer(place: KafkaPlace) -> Iterator[_Reader]:
    library_of_kafka = library("confluent_kafka", "kafka")
    options: dict[str, Any] = {
        "bootstrap.servers": place.servers,
        "group.id": "tidewheel",
        "enable.auto.commit": False,
        "enable.partition.eof": False,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "socket.timeout.ms": int(TIMEOUT_SECONDS * 1000),
        "security.protocol": f"{'SASL_' if place.mechanism else ''}{'SSL' if place.encrypted else 'PLAINTEXT'}",
        "log_level": 0,
    }
    if place.mechanism:
        options |= {
            "sasl.mechanism": place.mechanism,
            "sasl.username": place.user or "",
            "sasl.password": place.password or "",
        }
    consumer = library_of_kafka.Consumer(options)
    try:
        yield _Reader(library_of_kafka, consumer)
    except library_of_kafka.KafkaException as error:
        raise _plain(library_of_kafka, error, place) from None
    finally:
        consumer.close()


def _plain(library_of_kafka: Any, error: Any, place: KafkaPlace) -> TidewheelError:
    problem = error.args[0]
    codes = library_of_kafka.KafkaError
    if problem.code() in {codes._AUTHENTICATION, codes.SASL_AUTHENTICATION_FAILED}:  # noqa: SLF001 - its public constant
        return BadInput(
            "sign_in_refused",
            Text("{host} refuses this user and password.", "{host} 拒绝了该用户名和密码。"),
            field="user",
            got=place.user,
            hint=Text("Check user, password and key.", "请检查用户名、密码和私钥。"),
            host=place.servers,
        )
    if problem.code() in {codes.TOPIC_AUTHORIZATION_FAILED, codes.GROUP_AUTHORIZATION_FAILED}:
        return BadInput(
            "topic_refused",
            Text("This user may not read {got}.", "该用户没有读取 {got} 的权限。"),
            field="topic",
            got=place.topic,
            hint=Text("Ask for the right to read the topic.", "请申请读取该主题的权限。"),
            topic=place.topic,
        )
    return Unavailable(
        "brokers_unreachable",
        Text("No broker of {got} answers ({why}).", "{got} 的 Kafka 节点没有响应（{why}）。"),
        field="servers",
        got=place.servers,
        hint=Text("Check the addresses and the firewall.", "请检查地址和防火墙。"),
        servers=place.servers,
        why=problem.name(),
    )


def _silent(topic: str) -> Unavailable:
    return Unavailable(
        "brokers_silent",
        Text("The brokers stopped sending messages of {topic}.", "Kafka 停止返回 {topic} 的消息。"),
        field="topic",
        got=topic,
        hint=Text("It is tried again by itself.", "系统会自动重试。"),
        topic=topic,
    )
