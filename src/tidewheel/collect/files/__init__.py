"""Facts from files: tables of many formats are read, guessed at, shown, and imported row by row."""

from tidewheel.collect.files.contract import KINDS, Field, ImportKind, Job, Made, RowKind, Skipped
from tidewheel.collect.files.mapping import Mapping, read_who
from tidewheel.collect.files.preview import Column, Preview, preview
from tidewheel.collect.files.run import Progress, Sink, run_import
from tidewheel.collect.files.summary import Summary

__all__ = [
    "KINDS",
    "Column",
    "Field",
    "ImportKind",
    "Job",
    "Made",
    "Mapping",
    "Preview",
    "Progress",
    "RowKind",
    "Sink",
    "Skipped",
    "Summary",
    "preview",
    "read_who",
    "run_import",
]
