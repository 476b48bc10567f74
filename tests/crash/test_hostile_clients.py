"""Bodies that never end, unpack to gigabytes or come a byte at a time: refused soon, in little memory, beside others."""

from __future__ import annotations

import asyncio
import base64
import gzip
import zlib
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import cramjam
import httpx
import pytest

from tests.crash.hostile import Healthy, Told, chunked, declared, dripping, endless_head, head, talk
from tests.crash.servers import Place
from tidewheel.serve.connections import LINGER_BYTES

GIB = 2**30
GIO = "/v3/projects/x/collect"
LZ = f"{GIO}?compress=1"
INTAKE_MIB = 64
MOST_MIB = 3 * INTAKE_MIB
"""What the server may take more than before, whatever is sent to it."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(
        tmp_path_factory.mktemp("hostile") / "home",
        TIDEWHEEL_SLOW_REQUEST_SECONDS="1",
        TIDEWHEEL_INTAKE_MB=str(INTAKE_MIB),
    )
    place.start()
    place.set_up()
    compiled = httpx.post(
        f"{place.url}{LZ}", content=b"\0\0", headers={"X-Write-Key": place.key}, timeout=120, trust_env=False
    )
    assert compiled.status_code == 422, compiled.text
    yield place
    place.stop()


@pytest.fixture
def healthy(place: Place) -> Iterator[Healthy]:
    """Yield a client that behaves; afterwards the server must not have grown by much."""
    asyncio.run(Healthy(place.url, place.key).beside(nobody))
    place.forget_peak()
    before, _ = place.memory()
    client = Healthy(place.url, place.key)
    yield client
    _, peak = place.memory()
    median, longest = client.figures
    print(f"+{peak - before} MiB, others {median * 1000:.0f} ms (at most {longest * 1000:.0f})")  # noqa: T201
    assert peak - before < MOST_MIB


async def nobody() -> list[Told]:
    return []


def packed(size: int) -> bytes:
    """Return so many spaces as a gzip."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 2**20) for _ in range(size // 2**20)) + packer.flush()


def lz_spaces(count: int) -> bytes:
    """Return very many spaces as LZ-string packs them: each code stands for one more than the code before."""
    bits: list[int] = [0, 0, *((32 >> place) & 1 for place in range(8))]
    size, width, left = 4, 3, 4
    for _ in range(count):
        bits += [(size >> place) & 1 for place in range(width)]
        size += 1
        left -= 1
        if left == 0:
            left, width = 1 << width, width + 1
    bits += [0] * (-len(bits) % 16)
    return bytes(
        sum(bit << (7 - place) for place, bit in enumerate(bits[at : at + 8]))
        for at in range(0, len(bits), 8)
    )


@pytest.mark.slow
def test_bombs_go_off_outside(place: Place, healthy: Healthy) -> None:
    bomb = packed(2**29)
    raw = bomb[10:-8]  # without gzip's head and end
    inner = gzip.compress(bomb)
    spaces = b" " * 2**25
    form = b"data_list=" + quote(base64.b64encode(bomb)).encode()
    nested = base64.b64encode(base64.b64encode(base64.b64encode(bomb)))
    bodies = {
        "gzip": ("/v1/events", bomb),
        "gzip in gzip": ("/v1/events", inner),
        "many gzips": ("/v1/events", packed(2**20) * 4096),
        "zlib": ("/v1/events", b"\x78\x9c" + raw),
        "deflate": ("/v1/events", raw),
        "brotli": ("/v1/events", bytes(cramjam.brotli.compress(spaces))),
        "zstandard": ("/v1/events", bytes(cramjam.zstd.compress(spaces))),
        "snappy": (GIO, bytes(cramjam.snappy.compress_raw(spaces))),
        "snappy that lies": (GIO, b"\xff\xff\xff\xff\x0f" + b"\x00" * 100),
        "LZ-string": (LZ, lz_spaces(60_000)),
        "base64 of gzip": ("/sa?project=default", form),
        "nested base64": ("/sa?project=default", b"data=" + quote(nested).encode()),
        "brackets": ("/v1/events", gzip.compress(b"[" * (9 * 2**20))),
    }

    async def whole(path: str, body: bytes) -> AsyncIterator[bytes]:
        more = {"x_compress_codec": "2"} if path == GIO else {}
        yield head(place.key, path, content_length=str(len(body)), connection="close", **more) + body

    async def send() -> list[Told]:
        return [await talk(place.url, whole(path, body)) for path, body in bodies.values()]

    for name, told in zip(bodies, asyncio.run(healthy.beside(send)), strict=True):
        assert 400 <= told.status < 500, (name, told.reply[:300])
        assert told.seconds < 10, name


@pytest.mark.slow
def test_a_gigabyte_is_refused_before_it_has_come(place: Place, healthy: Healthy) -> None:
    async def send() -> list[Told]:
        ways = (declared(place.key, GIB, GIB), chunked(place.key, GIB), endless_head(GIB))
        return await asyncio.gather(*(talk(place.url, way) for way in ways))

    told = asyncio.run(healthy.beside(send))
    assert [one.status for one in told] == [413, 413, 431], [one.reply for one in told]
    for one in told:
        assert b"connection: close" in one.reply.lower()
        assert one.sent < LINGER_BYTES + 64 * 2**20
        assert one.seconds < 10


@pytest.mark.slow
def test_bodies_that_wait_for_their_end_share_what_memory_there_is(place: Place, healthy: Healthy) -> None:
    async def held() -> AsyncIterator[bytes]:
        async for part in declared(place.key, 9 * 2**20, 9 * 2**20 - 65_536):
            yield part

    async def send() -> list[Told]:
        return await asyncio.gather(*(talk(place.url, held()) for _ in range(40)))

    told = asyncio.run(healthy.beside(send))
    assert {one.status for one in told} <= {429, 408}
    assert sum(one.status == 429 for one in told) > 20, [one.status for one in told]


@pytest.mark.slow
def test_who_sends_a_byte_now_and_then_is_dropped(place: Place, healthy: Healthy) -> None:
    begun = head(place.key, content_length="1000000")
    ways = [
        (b"POST /v1/events HTTP/1.1\r\n", b"x"),
        (begun, b" "),
        (head(place.key, transfer_encoding="chunked"), b"1\r\n \r\n"),
        (b"", b"\r\n"),
    ]

    async def send() -> list[Told]:
        return await asyncio.gather(
            *(talk(place.url, dripping(*ways[number % len(ways)], 0.2)) for number in range(400))
        )

    told = asyncio.run(healthy.beside(send))
    assert {one.status for one in told[:3]} == {408}
    assert max(one.seconds for one in told) < 15
