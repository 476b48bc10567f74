"""The tracking plan: which events and properties are meant to arrive, and what became of those that did."""

from tidewheel.collect.plan.definition import (
    KINDS,
    EventPlan,
    PlanKind,
    PlanPart,
    PlanTitle,
    PropertyPlan,
    TrackingPlan,
    check_whole,
    parse_part,
)
from tidewheel.collect.plan.drafting import SeenEvent, SeenValue, draft
from tidewheel.collect.plan.rules import Mode, PlanRules, SourcePlan, Violation, planned
from tidewheel.collect.plan.tally import Count, Tally, TallyKey, masked_sample

__all__ = [
    "KINDS",
    "Count",
    "EventPlan",
    "Mode",
    "PlanKind",
    "PlanPart",
    "PlanRules",
    "PlanTitle",
    "PropertyPlan",
    "SeenEvent",
    "SeenValue",
    "SourcePlan",
    "Tally",
    "TallyKey",
    "TrackingPlan",
    "Violation",
    "check_whole",
    "draft",
    "masked_sample",
    "parse_part",
    "planned",
]
