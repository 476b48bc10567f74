"""Facts are fetched: connectors read places, each batch is kept once, the cursor follows."""

from tidewheel.collect.pull.contract import (
    CONNECTORS,
    Batch,
    Connector,
    Cursor,
    Found,
    Place,
    World,
    secrets_of,
)
from tidewheel.collect.pull.files import forget_copies
from tidewheel.collect.pull.schedule import Schedule, again_after
from tidewheel.collect.pull.stage import Job, Kept, Tally, keep, pull

__all__ = [
    "CONNECTORS",
    "Batch",
    "Connector",
    "Cursor",
    "Found",
    "Job",
    "Kept",
    "Place",
    "Schedule",
    "Tally",
    "World",
    "again_after",
    "forget_copies",
    "keep",
    "pull",
    "secrets_of",
]
