"""A shard shows what its driver shows, also where it has no row of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tidewheel.core.events import Event
from tidewheel.identify.placement import Roster
from tidewheel.identify.shard import Shard
from tidewheel.store.rows import to_table


def test_a_piece_without_rows_of_a_shard_may_be_shown_again() -> None:
    shard = Shard(None, {})
    shard.tell(Roster("1", None, pa.array(["device:a"]), np.zeros(1, np.int32)))
    rows = to_table([Event("view_item", 1_790_000_000_000, "device:a", 1, "web", 1_790_000_000_000)])
    shard.take("tail-1", rows.slice(0, 0), durable=False)
    first, _ = shard.snapshot([("tail-1", False)], {})
    assert first.rows == 0
    shard.take("tail-2", rows, durable=False)
    second, _ = shard.snapshot([("tail-1", False), ("tail-2", False)], {})
    assert second.rows == 1
    third, _ = shard.snapshot([("tail-1", False), ("tail-2", False)], {})
    assert third.rows == 1
