"""Erasing people: what is looked for, and taking it out of rows, files and words."""

from tidewheel.store.erase.disk import found_in, holding
from tidewheel.store.erase.events import spared
from tidewheel.store.erase.needles import Needles, Part
from tidewheel.store.erase.rows import without

__all__ = ["Needles", "Part", "found_in", "holding", "spared", "without"]
