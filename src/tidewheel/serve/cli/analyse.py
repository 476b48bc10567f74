"""``tidewheel analyse``: questions from flags or from a file; ``--json`` prints what the API answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tidewheel.serve.cli import answers
from tidewheel.serve.cli.options import Home, Json, Project
from tidewheel.serve.cli.output import print_bytes
from tidewheel.serve.cli.question import (
    AsOf,
    Bots,
    By,
    Common,
    Compare,
    From,
    Last,
    NotSegments,
    Params,
    People,
    Sample,
    Segments,
    To,
    Top,
    Where,
    breakdown,
    measure,
    of_step,
    read_params,
    step,
    stretch,
    within,
)
from tidewheel.serve.cli.reach import reach


class _Kinds(TyperGroup):
    """Has a command for each kind of question; those made from a kind's parameters are made on use."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the name of every kind."""
        self._complete()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a kind's command."""
        if cmd_name not in self.commands:
            self._complete()
        return super().get_command(ctx, cmd_name)

    def _complete(self) -> None:
        from tidewheel.serve.cli.kinds import commands

        for name, command in commands(_ask).items():
            self.commands.setdefault(name, command)


app = typer.Typer(cls=_Kinds, no_args_is_help=True, help="Ask questions: trends, funnels, retention.")


@app.command("trends")
def trends(
    event: Annotated[
        list[str] | None, typer.Option("--event", "-e", help="Event to follow; repeated.")
    ] = None,
    measured: Annotated[
        str,
        typer.Option(
            "--measure", help="count, people, sessions, per_person, first_time, sum:value, median:price …"
        ),
    ] = "count",
    grain: Annotated[
        str | None, typer.Option("--grain", help="minute, hour, day, week, month or total.")
    ] = None,
    formula: Annotated[list[str] | None, typer.Option("--formula", help="Such as B / A; repeated.")] = None,
    cumulative: Annotated[
        bool, typer.Option("--cumulative", help="Each point from the start of the period on.")
    ] = False,
    rolling: Annotated[
        int | None,
        typer.Option("--rolling", min=1, max=365, help="Each point over so many points up to its own."),
    ] = None,
    days: Annotated[
        str | None, typer.Option("--days", help="Only working days, or days off: working, off.")
    ] = None,
    usual: Annotated[
        bool, typer.Option("--usual", help="Mark the points outside the range their history makes.")
    ] = False,
    forecast: Annotated[
        int | None, typer.Option("--forecast", min=0, max=90, help="Also so many points to come.")
    ] = None,
    last: Last = None,
    first_day: From = None,
    last_day: To = None,
    by: By = None,
    where: Where = None,
    people: People = None,
    segment: Segments = None,
    not_segment: NotSegments = None,
    compare: Compare = False,
    bots: Bots = False,
    as_of: AsOf = None,
    sample: Sample = None,
    top: Top = None,
    params: Params = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Follow how much, how many, how often, over time."""
    common = Common(
        last, first_day, last_day, by, where, people, compare, top, segment, not_segment, bots, as_of, sample
    )
    asked = common.over(read_params(params))
    if event:
        asked["series"] = [{"step": step(name), "measure": measure(measured)} for name in event]
    if grain:
        asked["grain"] = grain
    if formula:
        asked["formulas"] = [{"expression": one} for one in formula]
    given = {"rolling": rolling, "days": days, "forecast": forecast, "cumulative": cumulative or None}
    asked |= {name: value for name, value in given.items() if value is not None}
    if usual:
        asked.setdefault("usual", {})
    _ask("trends", asked, project, home, as_json)


@app.command("funnel")
def funnel(
    steps: Annotated[
        list[str] | None,
        typer.Option("--step", "-s", help="Event of the next step; a|b is either; repeated."),
    ] = None,
    window: Annotated[
        str | None, typer.Option("--within", help="7d, 30min, 45s, 2w (m is months), same-day, same-session.")
    ] = None,
    own: Annotated[
        list[str] | None,
        typer.Option(
            "--step-within", help="Longest time from the step before: 2=30min is of the second; repeated."
        ),
    ] = None,
    skipped: Annotated[
        list[str] | None, typer.Option("--optional", help="Number of a step that may be skipped; repeated.")
    ] = None,
    order: Annotated[str | None, typer.Option("--order", help="ordered, strict or any.")] = None,
    count: Annotated[
        str | None,
        typer.Option("--count", help="people, sessions, held (each value of --hold) or attempts."),
    ] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option("--hold", help="Property that stays the same, such as item.item_id; repeated."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help="Event that must not happen on the way; repeated.")
    ] = None,
    trend: Annotated[
        str | None, typer.Option("--trend", help="Also by hour, day, week or month of entry.")
    ] = None,
    last: Last = None,
    first_day: From = None,
    last_day: To = None,
    by: By = None,
    where: Where = None,
    people: People = None,
    segment: Segments = None,
    not_segment: NotSegments = None,
    compare: Compare = False,
    bots: Bots = False,
    as_of: AsOf = None,
    sample: Sample = None,
    top: Top = None,
    params: Params = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Of the people who did the first thing, how many went on to the last?"""
    common = Common(
        last, first_day, last_day, by, where, people, compare, top, segment, not_segment, bots, as_of, sample
    )
    asked = common.over(read_params(params))
    if steps:
        asked["steps"] = [step(one) for one in steps]
    if window:
        asked["within"] = within(window)
    for one in skipped or []:
        at, _ = of_step(one, len(asked.get("steps", [])), "--optional")
        asked["steps"][at]["optional"] = True
    for one in own or []:
        at, said = of_step(one, len(asked.get("steps", [])), "--step-within")
        asked["steps"][at]["within"] = stretch(said, "--step-within")
    if order:
        asked["order"] = order
    if count:
        asked["count"] = count
    if hold:
        asked["hold"] = [breakdown(one) for one in hold]
    if without:
        asked["exclusions"] = [{"step": step(one)} for one in without]
    if trend:
        asked["trend"] = trend
    _ask("funnel", asked, project, home, as_json)


@app.command("retention")
def retention(
    start: Annotated[
        str | None, typer.Option("--start", help="What people did first; a|b is either.")
    ] = None,
    back: Annotated[
        str | None, typer.Option("--back", help="What they came back to do; the same by default.")
    ] = None,
    grain: Annotated[str | None, typer.Option("--grain", help="hour, day, week or month.")] = None,
    periods: Annotated[
        int | None, typer.Option("--periods", min=1, max=366, help="How many to show.")
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option("--clock", help="calendar, or rolling: 24-hour windows from each person's own start."),
    ] = None,
    mode: Annotated[str | None, typer.Option("--mode", help="exact, on_or_after or brackets.")] = None,
    brackets: Annotated[
        str | None, typer.Option("--brackets", help="Ends of brackets, such as 1,3,7,30.")
    ] = None,
    first_time: Annotated[
        bool, typer.Option("--first-time", help="Cohorts of people who did it first ever.")
    ] = False,
    last: Last = None,
    first_day: From = None,
    last_day: To = None,
    by: By = None,
    where: Where = None,
    people: People = None,
    segment: Segments = None,
    not_segment: NotSegments = None,
    compare: Compare = False,
    bots: Bots = False,
    as_of: AsOf = None,
    sample: Sample = None,
    top: Top = None,
    params: Params = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Of the people who did the first thing, how many came back to do the other?"""
    common = Common(
        last, first_day, last_day, by, where, people, compare, top, segment, not_segment, bots, as_of, sample
    )
    asked = common.over(read_params(params))
    if start:
        asked["start"] = step(start)
        asked.setdefault("back", step(start))
    if back:
        asked["back"] = step(back)
    given: dict[str, Any] = {"grain": grain, "periods": periods, "clock": clock, "mode": mode}
    asked |= {name: value for name, value in given.items() if value is not None}
    if brackets:
        asked |= {
            "mode": mode or "brackets",
            "brackets": [int(end) for end in brackets.split(",") if end.strip().isdigit()],
        }
    if first_time:
        asked["first_time"] = True
    _ask("retention", asked, project, home, as_json)


@app.command("ask")
def ask_any(
    kind: Annotated[str, typer.Argument(help="Kind of question.")],
    params: Params = None,
    project: Project = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ask a question of any kind, its parameters as JSON."""
    _ask(kind, read_params(params), project, home, as_json)


def _ask(kind: str, params: dict[str, Any], project: str | None, home: Path | None, as_json: bool) -> None:
    with reach(home) as api:
        path = f"/api/v1/projects/{api.project(project)}/analyses/{kind}"
        body = api.send("POST", path, json=params).content
    if as_json:
        print_bytes(body)
    else:
        answers.show(json.loads(body))
