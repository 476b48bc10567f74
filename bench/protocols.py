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


def run(folder: Path, turns: int = TURNS) -> dict[str, Any]:
    """Send what each vendor's clients send to both servers in turns; returns medians of events a second."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found: dict[str, dict[str, Any]] = {name: {} for name in VENDORS}
    start = int(time.time() * 1000) - 7_200_000
    with tidewheel(folder / "home") as port, bare_server(folder / "bare.log") as bare_port:
        prefix = f"/in/{Client(port).set_up()}"
        for count, asked in REQUESTS.items():
            for name, make in VENDORS.items():
                ours: list[float] = []
                bare: list[float] = []
                for turn in range(turns + 1):
                    first = turn * asked * BATCH
                    bodies = requests(make, prefix, first, count, asked, start)
                    if turn == 0:  # what is compiled or looked up once
                        asyncio.run(send(port, bodies, SENDERS))
                        continue
                    bare.append(asked * count / asyncio.run(send(bare_port, list(bodies), SENDERS)))
                    ours.append(asked * count / asyncio.run(send(port, bodies, SENDERS)))
                found[name][str(count)] = {"ours": statistics.median(ours), "bare": statistics.median(bare)}
                print(f"{name} by {count}: {found[name][str(count)]}", flush=True)
    return {"batch": BATCH, "senders": SENDERS, "turns": turns, "protocols": found}


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
