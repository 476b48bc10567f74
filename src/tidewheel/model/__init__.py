"""Definitions that people share: what a metric means and when to tell, as data and as files in git."""

from tidewheel.model.alerts import AlertDefinition, Anomaly, Change, Rule, Threshold, parse_alert
from tidewheel.model.files import read_alerts, read_folder, write
from tidewheel.model.metrics import Format, MetricDefinition, MetricQuestion, Words, parse

__all__ = [
    "AlertDefinition",
    "Anomaly",
    "Change",
    "Format",
    "MetricDefinition",
    "MetricQuestion",
    "Rule",
    "Threshold",
    "Words",
    "parse",
    "parse_alert",
    "read_alerts",
    "read_folder",
    "write",
]
