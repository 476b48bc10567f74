"""The questions, once as Tidewheel parameters; engines bring the same in their own language.

Answers are plain lists of whole numbers, so that engines can be held to equal ones.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

from bench.world import DAYS, FIRST_DAY, NAMES

Answer: TypeAlias = dict[str, list[list[int]]]

PERIOD = {"from": str(FIRST_DAY), "to": str(FIRST_DAY + timedelta(days=DAYS - 1))}
LINES = (("view_item", "people"), ("add_to_cart", "people"), ("purchase", "people"), ("purchase", "count"))
FUNNEL = ("page_view", "view_item", "add_to_cart", "purchase")
WITHIN_MS = 86_400_000
RETENTION_DAYS = 14
START, BACK = "view_item", "purchase"
RECENCY, FREQUENCY, MONETARY = (30, 60), (2, 5), (100_000, 500_000)
AGES = (0, 1, 7, 30, 90)
GAP_MS, PATH_STEPS = 30 * 60_000, 3


def step(event: str) -> dict[str, Any]:
    """Return a step of one event name."""
    return {"any_of": [{"event": event}]}


PARAMS: dict[str, tuple[str, dict[str, Any]]] = {
    "trends": (
        "trends",
        {
            "period": PERIOD,
            "series": [{"step": step(event), "measure": {"kind": kind}} for event, kind in LINES],
            "grain": "day",
        },
    ),
    "trends by channel": (
        "trends",
        {
            "period": PERIOD,
            "series": [{"step": step("purchase"), "measure": {"kind": "people"}}],
            "breakdowns": [{"property": "channel"}],
            "grain": "day",
        },
    ),
    "funnel": (
        "funnel",
        {
            "period": PERIOD,
            "steps": [step(event) for event in FUNNEL],
            "within": {"n": 1, "unit": "day"},
        },
    ),
    "retention": (
        "retention",
        {
            "period": PERIOD,
            "start": step(START),
            "back": step(BACK),
            "grain": "day",
            "periods": RETENTION_DAYS,
        },
    ),
    "paths": (
        "paths",
        {"period": PERIOD, "anchor": step(START), "steps": PATH_STEPS, "nodes": len(NAMES)},
    ),
    "sessions": ("sessions", {"period": PERIOD, "grain": "day"}),
    "rfm": (
        "rfm",
        {
            "period": PERIOD,
            "money": "paid",
            "cuts": "fixed",
            "recency_cuts": RECENCY,
            "frequency_cuts": FREQUENCY,
            "monetary_cuts": MONETARY,
        },
    ),
    "lifetime value": ("ltv", {"period": PERIOD, "money": "paid", "grain": "day", "ages": AGES}),
}


def of_trends(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's trends: per line its total, then one value a day."""
    return {
        f"{line['series']} {(line['group'] or [''])[0]}": [[int(line["total"]), *map(int, line["values"])]]
        for line in result["lines"]
    }


def of_funnel(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's funnel: people a step."""
    return {"steps": [[one["people"] for one in result["groups"][0]["steps"]]]}


def of_retention(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's retention: per cohort its people, then those who came back on day 1, 2 …"""
    return {
        cohort["start"][:10]: [
            [cohort["people"], *(figure["people"] or 0 for figure in cohort["figures"][1:])]
        ]
        for cohort in result["groups"][0]["cohorts"]
    }


def of_paths(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's paths: per link its paths and people."""
    return {
        f"{link['at']} {link['source'][0]} {link['target'][0]}": [[link["count"], link["people"]]]
        for link in result["groups"][0]["links"]
    }


def of_sessions(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's sessions: in all and per day, how many, of how many people, bounced, how many seconds."""
    group = result["groups"][0]
    names = ["", *(bucket[:10] for bucket in result["buckets"])]
    return {
        name: [
            [
                one["sessions"],
                one["people"],
                one["bounces"],
                round(one["sessions"] * (one["duration_mean"] or 0)),
            ]
        ]
        for name, one in zip(names, [group["total"], *group["points"]], strict=True)
        if one["sessions"]
    }


def of_rfm(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's RFM: people and money by levels."""
    names = ("recency", "frequency", "monetary")
    return {
        "".join(str(box[name]) for name in names): [[box["people"], box["revenue"]]]
        for box in result["groups"][0]["grid"]
    }


def of_ltv(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's lifetime value: per cohort its people, then the value up to each age that has begun."""
    return {
        cohort["start"][:10]: [
            [cohort["people"], *(one["value"] for one in cohort["figures"] if one["value"] is not None)]
        ]
        for cohort in result["groups"][0]["cohorts"]
        if cohort["people"]
    }


SHAPES = {
    "trends": of_trends,
    "funnel": of_funnel,
    "retention": of_retention,
    "paths": of_paths,
    "sessions": of_sessions,
    "rfm": of_rfm,
    "ltv": of_ltv,
}
