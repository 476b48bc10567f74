"""Definitions that people share: what a metric means, as data and as files in git."""

from tidewheel.model.files import read_folder, write
from tidewheel.model.metrics import Format, MetricDefinition, MetricQuestion, Words, parse

__all__ = ["Format", "MetricDefinition", "MetricQuestion", "Words", "parse", "read_folder", "write"]
