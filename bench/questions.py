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
RECENCY, FREQUENCY, MONETARY = (30, 60), (2, 5), (100_000, 500_000)
AGES = (0, 1, 7, 30, 90)
START, BACK = "view_item", "purchase"
GAP_MS, PATH_STEPS = 30 * 60_000, 3
LOOK_BACK_DAYS = 7
TOUCH, CONVERSION = "page_view", "purchase"
CLICK, RAGE_SECONDS, DEAD_SECONDS = "view_item", 60, 600
COUNT_CUTS = (2, 3, 5, 10)
GAP_MOST = 30 * 86_400_000
GAP_CUTS = (3_600_000, 86_400_000, 7 * 86_400_000)
WINDOW = 7
COHORT_PERIODS = 3
HABITS = ("add_to_cart", "purchase")
OFTEN = (1, 3)
WATCH_DAYS, FROM_DAY, TO_DAY = 7, 7, 13
WATCH_MS, CONVERT_MS = 3_600_000, 7 * 86_400_000


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
    "pages": (
        "pages",
        {
            "period": PERIOD,
            "view": step(TOUCH),
            "page": {"property": "platform"},
            "goal": step(CONVERSION),
            "value": "value",
            "breakdowns": [{"property": "channel"}],
        },
    ),
    "heatmap": (
        "heatmap",
        {
            "period": PERIOD,
            "click": step(CLICK),
            "page_property": "channel",
            "element": "platform",
            "element_text": "platform",
            "rage_seconds": RAGE_SECONDS,
            "dead_seconds": DEAD_SECONDS,
        },
    ),
    "attribution": (
        "attribution",
        {
            "period": PERIOD,
            "touches": [{"step": step(TOUCH), "property": {"property": "channel"}}],
            "conversion": step(CONVERSION),
            "within_days": LOOK_BACK_DAYS,
            "again_minutes": 0,
            "chain": False,
        },
    ),
    "distribution": ("distribution", {"period": PERIOD, "event": step("purchase"), "cuts": COUNT_CUTS}),
    "interval": (
        "interval",
        {
            "period": PERIOD,
            "start": step("purchase"),
            "end": step("purchase"),
            "at_most": GAP_MOST,
            "cuts": GAP_CUTS,
        },
    ),
    "lifecycle": ("lifecycle", {"period": PERIOD, "event": step("page_view"), "grain": "day"}),
    "stickiness": ("stickiness", {"period": PERIOD, "event": step("page_view"), "windows": [WINDOW]}),
    "composition": (
        "composition",
        {"period": PERIOD, "event": step("purchase"), "breakdowns": [{"property": "channel"}]},
    ),
    "table": (
        "table",
        {
            "period": PERIOD,
            "event": step("purchase"),
            "measures": [{"kind": "people"}, {"kind": "count"}],
            "breakdowns": [{"property": "channel"}],
            "columns": [{"property": "platform"}],
        },
    ),
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
    "cohort": (
        "cohort",
        {"period": PERIOD, "grain": "month", "periods": COHORT_PERIODS, "money": "paid"},
    ),
    "portrait": (
        "portrait",
        {"period": PERIOD, "who": step(START), "behaviours": [step(habit) for habit in HABITS]},
    ),
    "retention drivers": (
        "retention_drivers",
        {
            "period": PERIOD,
            "start": step(START),
            "back": step(BACK),
            "times": OFTEN,
            "watch_days": WATCH_DAYS,
            "from_day": FROM_DAY,
            "to_day": TO_DAY,
        },
    ),
    "conversion drivers": (
        "conversion_drivers",
        {
            "period": PERIOD,
            "start": step(START),
            "goal": step(BACK),
            "times": OFTEN,
            "watch": WATCH_MS,
            "within": CONVERT_MS,
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


def of_pages(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's pages: per source its visits, people, new ones, bounces, views, conversions, value; per page its ends."""
    sources = ("visits", "people", "new_people", "bounces", "views", "conversions", "value")
    pages = ("entries", "bounces", "exits", "entry_people", "exit_people")
    return {
        f"from {(one['group'] or [''])[0]}": [[int(one[name]) for name in sources]]
        for one in result["sources"]
    } | {f"on {one['page'][0]}": [[one[name] for name in pages]] for one in result["pages"]}


def of_heatmap(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's heat map: per element its clicks and people, those in anger and the dead ones."""
    names = ("clicks", "people", "rage_clicks", "rage_people", "dead_clicks", "dead_people")
    return {one["element"][0]: [[one[name] for name in names]] for one in result["groups"][0]["elements"]}


def of_attribution(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's attribution: per channel its credit by first, last, linear (millionths), participation."""
    at = [result["models"].index(model) for model in ("first", "last", "linear", "participation")]
    return {
        "none" if row["touch"] is None else row["touch"]["name"]: [
            [round(row["credits"][one]["conversions"] * 1_000_000) for one in at]
        ]
        for row in result["groups"][0]["rows"]
    }


def of_distribution(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's distribution: people a range."""
    return {"all": [result["groups"][0]["overall"]["counts"]]}


def of_interval(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's intervals: people, intervals, intervals a range."""
    overall = result["groups"][0]["overall"]
    return {"all": [[overall["people"], overall["pairs"], *overall["counts"]]]}


def of_lifecycle(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's lifecycle: new, returning, resurrected and dormant people a day."""
    return {"all": [point["people"][:4] for point in result["groups"][0]["points"]]}


def of_stickiness(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's stickiness: people by active days, and the people of each day's window."""
    everyone = result["groups"][0]
    return {"exactly": [everyone["exactly"]], f"last {WINDOW} days": [everyone["windows"][0]]}


def of_composition(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's composition: the figure of each part."""
    return {share["group"][0] or "": [[int(share["value"])]] for share in result["shares"]}


def of_table(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's table: all measures of each row and column that are not empty."""
    found: Answer = {}
    for at, row in enumerate(result["rows"]):
        for to, column in enumerate(result["columns"]):
            figures = [int(measure[at][to] or 0) for measure in result["values"]]
            if any(figures):
                found["/".join((head["values"] or [""])[0] for head in (row, column))] = [figures]
    return found


def of_rfm(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's RFM: people and money by levels."""
    names = ("recency", "frequency", "monetary")
    return {
        "".join(str(box[name]) for name in names): [[box["people"], box["revenue"]]]
        for box in result["groups"][0]["grid"]
    }


def of_drivers(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's drivers: everyone, and per behaviour those who did it so often, with how many reached the outcome."""
    found: Answer = {"": [[result["people"], result["reached"]]]}
    for driver in result["drivers"]:
        counts = {one["times"]: [one["did"], one["did_reached"]] for one in driver["tests"]}
        found[driver["name"]] = [counts.get(times, [0, 0]) for times in OFTEN]
    return found


def of_ltv(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's lifetime value: per cohort its people, then the value up to each age that has begun."""
    return {
        cohort["start"][:10]: [
            [cohort["people"], *(one["value"] for one in cohort["figures"] if one["value"] is not None)]
        ]
        for cohort in result["groups"][0]["cohorts"]
        if cohort["people"]
    }


def of_cohort(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's cohorts: per month its people, then who ordered again, orders and revenue of each period."""
    return {
        row["start"][:10]: [
            [row["people"]],
            *(
                [one["repeaters"], one["orders"], one["revenue"]]
                for one in row["figures"]
                if one["repeaters"] is not None
            ),
        ]
        for row in result["groups"][0]["cohorts"]
    }


def of_portrait(result: dict[str, Any]) -> Answer:
    """Shape Tidewheel's portrait: people, and how often they did each habit together."""
    people = result["people"]
    counts = {one["property"]: round(one["mean"] * people) for one in result["properties"]}
    return {"all": [[people, *(counts[at] for at in range(len(HABITS)))]]}


SHAPES = {
    "trends": of_trends,
    "funnel": of_funnel,
    "retention": of_retention,
    "paths": of_paths,
    "sessions": of_sessions,
    "pages": of_pages,
    "heatmap": of_heatmap,
    "attribution": of_attribution,
    "distribution": of_distribution,
    "interval": of_interval,
    "lifecycle": of_lifecycle,
    "stickiness": of_stickiness,
    "composition": of_composition,
    "table": of_table,
    "rfm": of_rfm,
    "retention_drivers": of_drivers,
    "conversion_drivers": of_drivers,
    "ltv": of_ltv,
    "cohort": of_cohort,
    "portrait": of_portrait,
}
