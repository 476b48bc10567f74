"""Definitions that people share: what metrics and goals mean and when to tell, as data and as files in git."""

from tidewheel.model.alerts import AlertDefinition, Anomaly, Change, Rule, Threshold, parse_alert
from tidewheel.model.files import read_alerts, read_folder, read_goals, write, write_goals
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
from tidewheel.model.identity_files import read_rules, write_rules
from tidewheel.model.metrics import Format, MetricDefinition, MetricQuestion, Words, parse

__all__ = [
    "AlertDefinition",
    "Anomaly",
    "Change",
    "Format",
    "GoalDefinition",
    "GoalPart",
    "GoalTarget",
    "MetricDefinition",
    "MetricQuestion",
    "Node",
    "Rule",
    "SplitBy",
    "Threshold",
    "Words",
    "metrics_of",
    "parse",
    "parse_alert",
    "parse_goal",
    "parts_of",
    "read_alerts",
    "read_folder",
    "read_goals",
    "read_rules",
    "segments_of",
    "write",
    "write_goals",
    "write_rules",
]
