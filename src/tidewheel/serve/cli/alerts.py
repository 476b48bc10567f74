"""``tidewheel alerts``."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tidewheel.core.clock import system_clock
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import in_units, print_json, print_table, say, state
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(
    no_args_is_help=True, help="Alerts: who is told when a metric turns bad, or events stop coming."
)

Name = Annotated[str, typer.Argument(help="Its name.")]
_UNITS = {"hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}


@app.command("list")
def list_alerts(project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """List the alerts and how they stand."""
    with reach(home) as api:
        found = api.get(f"/projects/{api.project(project)}/alerts")
    if as_json:
        print_json(found)
        return
    rows = [
        [
            one["name"],
            _watched(one["definition"]),
            _rule(one["definition"]),
            one["definition"].get("by", "hour"),
            state("problem" if one["problem"] else one["state"]),
            one["since"],
            one["muted_until"],
            ", ".join(one["definition"]["to"]),
        ]
        for one in found["alerts"]
    ]
    print_table(["name", "watches", "rule", "every", "state", "since", "muted until", "to"], rows)


@app.command("add")
def add(
    name: Name,
    metric: Annotated[str | None, typer.Option("--metric", help="The metric's name.")] = None,
    above: Annotated[float | None, typer.Option("--above", help="Tell when it is over this.")] = None,
    below: Annotated[float | None, typer.Option("--below", help="Tell when it is under this.")] = None,
    change: Annotated[
        str | None, typer.Option("--change", help="Tell when it changed by more than 20% or 500.")
    ] = None,
    against: Annotated[
        str, typer.Option("--against", help="previous, last_week or last_year, for --change.")
    ] = "previous",
    anomaly: Annotated[
        bool, typer.Option("--anomaly", help="Tell when it leaves the band its own history makes.")
    ] = False,
    silence: Annotated[
        bool, typer.Option("--silence", help="Tell when events that usually come stop coming.")
    ] = False,
    volume: Annotated[
        bool, typer.Option("--volume", help="Tell when an hour has unusually few or many events.")
    ] = False,
    event: Annotated[
        str | None, typer.Option("--event", help="Watch just this event, with --silence or --volume.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Watch just this source, with --silence or --volume.")
    ] = None,
    missing: Annotated[
        float, typer.Option("--missing", help="How many events should have come before silence is told.")
    ] = 12,
    width: Annotated[
        float | None,
        typer.Option("--width", help="How wide the band is, in deviations: 3.5; 5 for --volume."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="day, week or month.")] = "day",
    direction: Annotated[str, typer.Option("--direction", help="bad, both, up or down.")] = "bad",
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Name of a destination; may be repeated.")
    ] = None,
    running: Annotated[
        bool, typer.Option("--running", help="Look at the period that is not over, too.")
    ] = False,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add an alert, or change it: give --above or --below, --change, --anomaly, --silence, or --volume."""
    if silence or volume:
        _refuse_mixed(
            [metric, above, below, change], anomaly=anomaly, both=silence and volume, running=running
        )
        definition = _arrivals(event, source, missing, width, direction, silence=silence)
    else:
        rule = _read_rule(above, below, change, against, 3.5 if width is None else width, anomaly=anomaly)
        if metric is None or event is not None or source is not None:
            raise BadInput(
                "which_metric",
                Text(
                    "This kind of alert watches a metric; say which.", "这类预警盯的是指标，请说明哪个指标。"
                ),
                field="--metric",
                expected="--metric gmv",
                hint=Text(
                    "Events and sources are watched with --silence or --volume.",
                    "监测事件或数据源请用 --silence 或 --volume。",
                ),
            )
        definition = {
            "metric": metric, "by": by, "rule": rule, "direction": direction, "running": running,
        }  # fmt: skip
    definition["to"] = to or []
    with reach(home) as api:
        said = api.send("PUT", f"/api/v1{_path(api, project, name)}", json={"definition": definition}).json()
    if as_json:
        print_json(said)
    else:
        say(f"Alert {name} is set.", f"预警 {name} 已设置。")


@app.command("check")
def check(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Judge the last period that is over, now."""
    with reach(home) as api:
        found = api.post(f"{_path(api, project, name)}/check", {})
    if as_json:
        print_json(found)
    elif found["check"]:
        _print_checks([found["check"]])
    elif found["problem"]:
        say(found["problem"]["en"], found["problem"]["zh"])
    else:
        say("There is nothing new.", "没有新的情况。")


@app.command("history")
def history(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Show every period an alert was judged on, and every message."""
    with reach(home) as api:
        found = api.get(_path(api, project, name))
    if as_json:
        print_json(found)
        return
    _print_checks(found["checks"])
    if found["deliveries"]:
        rows = [
            [
                one["created_at"],
                state(one["kind"]),
                one["destination"],
                state(one["state"]),
                one["attempts"],
                one["error"],
            ]
            for one in found["deliveries"]
        ]
        print_table(["time", "message", "to", "state", "attempts", "error"], rows)


@app.command("test")
def send_test(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Send its message now, marked as a test."""
    with reach(home) as api:
        found = api.post(f"{_path(api, project, name)}/test", {})
    if as_json:
        print_json(found)
        return
    rows = [[one["destination"], state(one["state"]), one["error"]] for one in found["deliveries"]]
    print_table(["to", "state", "error"], rows)


@app.command("mute")
def mute(
    name: Name,
    lasting: Annotated[str, typer.Option("--for", help="How long: 4hour, 3day, 2week; 0 ends it.")] = "1day",
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say nothing for a while; what is still bad then is told then."""
    until = _moment(lasting)
    with reach(home) as api:
        found = api.post(f"{_path(api, project, name)}/mute", {"until": until})
    if as_json:
        print_json(found)
    elif found["muted_until"]:
        say(f"{name} says nothing until {found['muted_until']}.", f"{name} 静默至 {found['muted_until']}。")
    else:
        say(f"{name} speaks again.", f"{name} 已恢复通知。")


@app.command("remove")
def remove(name: Name, project: Project = None, home: Home = None, as_json: Json = False) -> None:
    """Remove an alert with its history."""
    with reach(home) as api:
        done = api.send("DELETE", f"/api/v1{_path(api, project, name)}").json()
    if as_json:
        print_json(done)


def _refuse_mixed(others: list[Any], *, anomaly: bool, both: bool, running: bool) -> None:
    if both or anomaly or running or any(one is not None for one in others):
        raise BadInput(
            "which_rule",
            Text("Say in one way when to tell.", "请用一种方式说明何时通知。"),
            expected="--silence --event purchase | --volume --source web",
        )


def _arrivals(
    event: str | None,
    source: str | None,
    missing: float,
    width: float | None,
    direction: str,
    *,
    silence: bool,
) -> dict[str, Any]:
    if silence:
        rule: dict[str, Any] = {"kind": "silence", "missing": missing}
    else:
        # "bad" is the default of --direction and means a metric's worse way; of arrivals both ways are bad
        way = "both" if direction == "bad" else direction
        rule = {"kind": "volume", "width": 5 if width is None else width, "direction": way}
    return {"arrivals": {"event": event, "source": source}, "rule": rule}


def _watched(definition: dict[str, Any]) -> str:
    if "metric" in definition:
        return str(definition["metric"])
    scope = definition["arrivals"]
    return " @ ".join(one for one in (scope["event"] or "*", scope["source"]) if one)


def _read_rule(
    above: float | None,
    below: float | None,
    change: str | None,
    against: str,
    width: float,
    *,
    anomaly: bool,
) -> dict[str, Any]:
    ways = [above is not None or below is not None, change is not None, anomaly]
    number = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", change or "0")
    if sum(ways) != 1 or number is None:
        raise BadInput(
            "which_rule",
            Text("Say in one way when to tell.", "请用一种方式说明何时通知。"),
            got=change,
            expected="--above 100 | --below 10 | --change 20% | --anomaly",
        )
    if anomaly:
        return {"kind": "anomaly", "width": width}
    if change is not None:
        unit = "percent" if number[2] else "absolute"
        return {"kind": "change", "by": float(number[1]), "unit": unit, "against": against}
    return {"kind": "threshold", "above": above, "below": below}


def _moment(lasting: str) -> int | None:
    found = re.fullmatch(r"(\d{1,4})(hour|day|week)", lasting)
    if lasting == "0":
        return None
    if found is None:
        raise BadInput(
            "bad_duration",
            Text("{got} is not a length of time.", "{got} 不是时长。"),
            field="--for",
            got=lasting,
            expected="4hour | 3day | 2week | 0",
        )
    return system_clock() + int(found[1]) * _UNITS[found[2]]


def _rule(definition: dict[str, Any]) -> str:
    rule = definition["rule"]
    if rule["kind"] == "silence":
        return f"silent, {rule['missing']:g} missing"
    if rule["kind"] == "volume":
        return f"{rule['direction']}, band ± {rule['width']:g}"
    if rule["kind"] == "threshold":
        parts = [f"> {rule['above']:g}"] if rule["above"] is not None else []
        return " or ".join([*parts, *([f"< {rule['below']:g}"] if rule["below"] is not None else [])])
    if rule["kind"] == "change":
        return f"± {rule['by']:g}{'%' if rule['unit'] == 'percent' else ''} of {rule['against']}"
    return f"band ± {rule['width']:g}"


def _print_checks(checks: list[dict[str, Any]]) -> None:
    words = {True: "bad", False: "fine", None: "unclear"}
    rows = [
        [
            one["start"],
            *(in_units(one[part], one["format"]) for part in ("value", "expected", "low", "high")),
            state(words[one["bad"]]),
            state(one["news"] or "") or None,
            one["reason"] or _told(one["arrivals"]),
        ]
        for one in checks
    ]
    print_table(["period", "value", "expected", "low", "high", "verdict", "told", "about"], rows)


def _told(news: dict[str, Any] | None) -> str | None:
    if news is None:
        return None
    parts = [(one["way"], one) for one in news["fired"]] + [("well", one) for one in news["recovered"]]
    return ", ".join(f"{way}: {one['event'] or '*'} @ {one['source'] or '*'}" for way, one in parts)


def _path(api: Reach, project: str | None, name: str) -> str:
    return f"/projects/{api.project(project)}/alerts/{quote(name, safe='')}"
