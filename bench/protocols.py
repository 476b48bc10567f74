"""Durable events a second by HTTP of each of the ten busiest protocols, in batches and one by one, beside a bare server."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from bench.ingest import Client, bare_server, tidewheel
from bench.sender import send
from bench.vendors import VENDORS, Make

BATCH, SENDERS, TURNS = 100, 16, 3
REQUESTS = {BATCH: 600, 1: 1_500}
"""How many requests a turn takes, by the number of events in each."""
OTHERS = 1_000_000
"""More than all requests of one size."""


def run(folder: Path, turns: int = TURNS) -> dict[str, Any]:
    """Send what each vendor's clients send to both servers in turns; returns medians of events a second.

    Each protocol has a server of its own with nothing in it, as a shop has clients of one vendor.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found: dict[str, dict[str, Any]] = {}
    with bare_server(folder / "bare.log") as bare_port:
        for name, make in VENDORS.items():
            with tidewheel(folder / name) as port:
                prefix = f"/in/{Client(port).set_up()}"
                found[name] = {
                    str(count): _turns(port, bare_port, make, prefix, count, turns) for count in REQUESTS
                }
            print(f"{name}: {found[name]}", flush=True)
    return {"batch": BATCH, "senders": SENDERS, "turns": turns, "protocols": found}


def _turns(port: int, bare_port: int, make: Make, prefix: str, count: int, turns: int) -> dict[str, float]:
    asked, start = REQUESTS[count], int(time.time() * 1000) - 7_200_000
    ours: list[float] = []
    bare: list[float] = []
    first = count * OTHERS  # no event is sent twice
    for turn in range(turns + 1):
        bodies = requests(make, prefix, first + turn * asked * count, count, asked, start)
        if turn == 0:  # what is compiled or looked up once
            asyncio.run(send(port, bodies, SENDERS))
            continue
        bare.append(asked * count / asyncio.run(send(bare_port, list(bodies), SENDERS)))
        ours.append(asked * count / asyncio.run(send(port, bodies, SENDERS)))
    return {"ours": statistics.median(ours), "bare": statistics.median(bare)}


def requests(make: Make, prefix: str, first: int, count: int, asked: int, start: int) -> list[bytes]:
    """Return whole HTTP requests of ``count`` events each."""
    out = []
    for place in range(asked):
        sent = make(first + place * count, count, start)
        head = (
            f"POST {prefix}{sent.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {sent.content_type}\r\n"
            f"Content-Length: {len(sent.body)}\r\n\r\n"
        )
        out.append(head.encode() + sent.body)
    return out
