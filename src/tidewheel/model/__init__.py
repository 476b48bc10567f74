"""Definitions that people share: metrics, goals, alerts and picked events, as data and as files in git."""

from tidewheel.model.alerts import AlertDefinition, Anomaly, Change, Rule, Threshold, parse_alert
from tidewheel.model.files import (
    read_alerts,
    read_folder,
    read_goals,
    read_picks,
    write,
    write_goals,
    write_picks,
)
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
from tidewheel.model.picks import PickCondition, PickDefinition, PickRule, parse_pick

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
    "PickCondition",
    "PickDefinition",
    "PickRule",
    "Rule",
    "SplitBy",
    "Threshold",
    "Words",
    "metrics_of",
    "parse",
    "parse_alert",
    "parse_goal",
    "parse_pick",
    "parts_of",
    "read_alerts",
    "read_folder",
    "read_goals",
    "read_picks",
    "segments_of",
    "write",
    "write_goals",
    "write_picks",
]
