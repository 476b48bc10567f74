"""Definitions that people share: what metrics and goals mean, as data and as files in git."""

from tidewheel.model.files import read_folder, read_goals, write, write_goals
from tidewheel.model.goals import (
    GoalDefinition,
    GoalPart,
    GoalTarget,
    Node,
    SplitBy,
    metrics_of,
    parse_goal,
    parts_of,
    segments_of,
)
from tidewheel.model.metrics import Format, MetricDefinition, MetricQuestion, Words, parse

__all__ = [
    "Format",
    "GoalDefinition",
    "GoalPart",
    "GoalTarget",
    "MetricDefinition",
    "MetricQuestion",
    "Node",
    "SplitBy",
    "Words",
    "metrics_of",
    "parse",
    "parse_goal",
    "parts_of",
    "read_folder",
    "read_goals",
    "segments_of",
    "write",
    "write_goals",
]
