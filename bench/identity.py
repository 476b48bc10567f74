"""Seconds until it is known who is who: of ten million identifiers from nothing, and after a batch of new links.

``python -m bench.identity [identifiers]``
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules
from tidewheel.identify.resolve import Resolver, as_of, resolve
from tidewheel.store.links import LINK_SCHEMA, SAME_EVENT
from tidewheel.store.view import Chunk, Snapshot, View

START = 1_790_000_000_000
NEW = 100_000
USER, DEVICES = 0.3, 2
"""Share of identifiers that are accounts, and devices named with each on average; one in fifty is shared."""


def table(users: np.ndarray, devices: np.ndarray, times: np.ndarray, first: int) -> pa.Table:
    """Return links of accounts and devices."""
    count = len(users)
    moment = pa.array(times, pa.timestamp("ms", "UTC"))
    return pa.table(
        [
            pa.array([f"user:{one}" for one in users.tolist()]),
            pa.array([f"device:{one}" for one in devices.tolist()]),
            moment,
            pa.array(np.arange(first, first + count)),
            pa.array(["login"] * count),
            pa.array([SAME_EVENT] * count),
            moment,
            pa.repeat(pa.scalar(1.0), count),
            pa.nulls(count, pa.string()),
        ],
        schema=LINK_SCHEMA,
    )


def links(rng: np.random.Generator, users: int, devices: int, count: int, first: int, since: int) -> pa.Table:
    """Return links in which each device is mostly its owner's."""
    device = rng.integers(0, devices, count)
    owner = device % users
    stranger = rng.random(count) < 0.02
    user = np.where(stranger, rng.integers(0, users, count), owner)
    return table(user, device, START + since + rng.integers(0, 30 * 86_400_000, count), first)


def timed(snapshot: Snapshot) -> tuple[float, int]:
    """Return the seconds until the people of a snapshot are known, and how many there are."""
    begun = time.perf_counter()
    count = resolve(snapshot).count
    return time.perf_counter() - begun, count


def main(identifiers: int) -> None:
    """Print the figures as JSON."""
    rng = np.random.default_rng(1)
    users = int(identifiers * USER)
    devices = identifiers - users
    pieces = [
        links(rng, users, devices, min(1_000_000, identifiers - at), at, 0)
        for at in range(0, identifiers, 1_000_000)
    ]
    every = [table(np.arange(devices) % users, np.arange(devices), np.full(devices, START - 1), identifiers)]
    view = View(None)
    chunks = [
        Chunk(f"links-{n}", partial(lambda own: own, one), durable=False)
        for n, one in enumerate([*pieces, *every])
    ]
    view.replace([], chunks)
    resolve(warm())
    found: dict[str, float] = {"links": sum(one.num_rows for one in (*pieces, *every))}
    found["from_nothing"], _ = timed(view.snapshot())
    found["identifiers"] = view.snapshot().actor_count
    late = links(rng, users, devices + NEW, NEW, 2 * identifiers, 31 * 86_400_000)
    view.replace([], [*chunks, Chunk("new", lambda: late, durable=False)])
    found["batch_of_100000"], _ = timed(view.snapshot())
    mixed = links(rng, users, devices, NEW, 3 * identifiers, 0)
    view.replace(
        [], [*chunks, Chunk("new", lambda: late, durable=False), Chunk("late", lambda: mixed, durable=False)]
    )
    found["batch_of_100000_late"], _ = timed(view.snapshot())
    found["as_of"], _ = timed(as_of(view.snapshot(), START + 15 * 86_400_000))
    rules = IdentityRules(
        types=[{"type": "user", "most": 1}, {"type": "device", "shared_by": 2, "patterns": ["1+"]}]
    )
    assert rules.form != DEFAULT_RULES.form
    found["other_rules"], _ = timed(replace(view.snapshot(), rules=rules, supposed=True, memo={}))
    found["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({name: round(one, 2) for name, one in found.items()}, indent=1))


def warm() -> Snapshot:
    """Return a small snapshot whose people compile the kernels."""
    view = View(None)
    view.replace(
        [], [Chunk("warm", lambda: table(np.array([1]), np.array([1]), np.array([START]), 0), durable=False)]
    )
    Resolver().people(view.snapshot())
    return view.snapshot()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
