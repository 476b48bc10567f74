"""Paths: what people do after, before or around one thing, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.coding import code_of
from tidewheel.analyse.contract import (
    Analysis,
    Block,
    Context,
    Figure,
    Ints,
    Labels,
    Plan,
    Ragged,
    Test,
    first_of,
)
from tidewheel.analyse.flows import ENTRY, EXIT, FURTHER, Flow, PathGroup, PathResult, loops
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.groups import OTHER, leading, named
from tidewheel.analyse.kernels.trails import (
    BEYOND,
    END,
    EVERY,
    FIRST,
    LAST,
    MORE,
    Flags,
    Trails,
    marked,
    walk,
)
from tidewheel.analyse.question import Breakdown, GroupLabel, Model, Step
from tidewheel.analyse.statistics import newcombe, two_proportions
from tidewheel.analyse.visits import Bits, Visiting, sessions
from tidewheel.core.errors import BadInput
from tidewheel.core.period import MINUTE
from tidewheel.core.text import Text

WHICH: Final = {"first": FIRST, "last": LAST, "every": EVERY}


class PathsParams(Visiting):
    """A question about paths."""

    anchor: Annotated[Step, Ask(Text("Around", "锚点"))]
    """Every path has one such event as its step 0."""
    position: Annotated[
        Literal["start", "end", "through"],
        Ask(
            Text("Direction", "方向"),
            choices={
                "start": Text("after", "之后"),
                "end": Text("before", "之前"),
                "through": Text("before and after", "前后"),
            },
        ),
    ] = "start"
    steps: Annotated[int, Field(ge=1, le=10), Ask(Text("Steps", "步数"))] = 4
    """Steps shown on each side of the anchor."""
    unit: Annotated[
        Literal["session", "life"],
        Ask(
            Text("Within", "范围"),
            choices={
                "session": Text("one session", "同一次会话内"),
                "life": Text("the whole period", "整个时间段内"),
            },
        ),
    ] = "session"
    which: Annotated[
        Literal["first", "last", "every"],
        Ask(
            Text("Starting at", "取锚点"),
            choices={
                "first": Text("the first time", "首次"),
                "last": Text("the last time", "末次"),
                "every": Text("every time", "每次"),
            },
        ),
    ] = "first"
    """Which occurrence of the anchor in a session (or life) makes a path."""
    within: Annotated[int, Field(ge=0, le=1_000_000), Ask(Text("Minutes from there", "距锚点分钟数"))] = 0
    """What is further than this from the anchor does not belong to the path; 0: no limit."""
    collapse: Annotated[
        bool,
        Ask(
            Text("Repeats", "连续重复"),
            choices={"true": Text("count once", "合并为一步"), "false": Text("are steps", "各算一步")},
        ),
    ] = True
    split: Annotated[Step | None, Ask(Text("Tell apart", "细分事件"))] = None
    """Events that are nodes by their properties ``by`` too; the others by their name alone."""
    by: Annotated[
        tuple[Breakdown, ...],
        Field(max_length=2),
        Ask(
            Text("by", "按属性"), Text("Properties that tell these events apart.", "用来细分这些事件的属性。")
        ),
    ] = ()
    show: Annotated[Step | None, Ask(Text("Only show", "只看事件"))] = None
    hide: Annotated[Step | None, Ask(Text("Hide", "隐藏事件"))] = None
    """Events that are no steps; unlike ``ignore`` they still prolong a session."""
    goal: Annotated[Step | None, Ask(Text("Goal", "目标"))] = None
    """A path converts when this happens at its anchor or later."""
    outcome: Annotated[
        Literal["all", "converted", "dropped"],
        Ask(
            Text("Paths", "路径"),
            choices={
                "all": Text("all", "全部"),
                "converted": Text("that reach the goal", "达成目标的"),
                "dropped": Text("that miss the goal", "未达成目标的"),
            },
        ),
    ] = "all"
    nodes: Annotated[int, Field(ge=1, le=30), Ask(Text("Named per step", "每步显示"))] = 8
    """How many nodes a step names, the largest; the rest is "other"."""
    least: Annotated[
        int,
        Field(ge=1, le=1_000_000_000),
        Ask(
            Text("Fewest people of a link", "连线至少人数"),
            Text(
                "Links and whole paths of fewer people are not listed; what nodes count stays.",
                "人数更少的连线与完整路径不列出，节点的数字不变。",
            ),
        ),
    ] = 1


class PathsCell(Model):
    """The persons behind one figure: those with a path that has all of this; without any of it, with a path.

    ``node`` and ``next`` stand side by side, at step ``at`` and the one after, or anywhere. They are labels
    as in the answer; of ``$other`` the nodes named beside it are in ``besides`` and ``besides_next``.
    """

    at: int | None = None
    node: GroupLabel | None = None
    next: GroupLabel | None = None
    besides: tuple[GroupLabel, ...] = ()
    besides_next: tuple[GroupLabel, ...] = ()
    whole: list[GroupLabel | None] | None = None
    """A whole path, as in the answer."""
    back: list[GroupLabel] | None = None
    """A loop: the node come back to, and the one in between."""
    converted: bool | None = None
    """Only paths that reach the goal, or that do not."""
    any_outcome: bool = False
    """Also paths that ``outcome`` leaves out."""
    group: GroupLabel | None = None


@dataclass(frozen=True, slots=True)
class PathsPart:
    """Paths counted: a row is the group, whether the goal is reached, then the nodes."""

    trails: Trails

    def merge(self, other: PathsPart) -> PathsPart:
        """Return the paths of both."""
        return PathsPart(self.trails.merge(other.trails))


class Paths(Analysis[PathsParams, PathsPart, PathsCell, PathResult]):
    """See the module's description and ``docs/reference/analyses/paths.md``."""

    name = "paths"
    title = Text("Paths", "路径分析")
    description = Text(
        "What people do after, before or around one thing, step by step, and where they leave.",
        "用户在某个行为前后一步步做了什么、从哪里离开。",
    )
    family = "behaviour"
    sentence = Text(
        "What did {people} do {position} {anchor} in {period}? Up to {steps} steps within {unit}.",
        "{period}，{people}在{anchor}{position}做了什么？{unit}最多看 {steps} 步。",
    )
    Params = PathsParams
    Cell = PathsCell
    Result = PathResult
    samples = (
        {
            "anchor": {"any_of": [{"event": "view_item"}]},
            "ignore": {"any_of": [{"event": "message_send"}, {"event": "coupon_issue"}]},
            "split": {"any_of": [{"event": "page_view"}]},
            "by": [{"property": "page", "clean": [{"pattern": "/goods*", "name": "goods"}]}],
            "goal": {"any_of": [{"event": "purchase"}]},
        },
        {
            "anchor": {"any_of": [{"event": "purchase"}]},
            "position": "end",
            "unit": "life",
            "which": "last",
            "within": 4320,
            "steps": 3,
            "breakdowns": [{"property": "channel"}],
            "top": 2,
        },
        {
            "anchor": {"any_of": [{"event": "add_to_cart"}]},
            "position": "through",
            "which": "every",
            "steps": 2,
            "nodes": 4,
            "least": 3,
            "collapse": False,
            "goal": {"any_of": [{"event": "purchase"}]},
            "outcome": "dropped",
        },
    )

    def plan(self, params: PathsParams, context: Context) -> Plan:
        """Read everything that can be a step, make a session or be the goal."""
        check(params)
        return Plan(
            steps=bits(params).steps,
            span=context.span,
            group=params.breakdowns,
            names=((Breakdown(property="$event"), *(params.by if params.split else ())),),
        )

    def partial(self, params: PathsParams, context: Context, block: Block) -> PathsPart:
        """Count the paths of the block."""
        person, table = paths(params, context, block)
        return PathsPart(Trails.of(table, person))

    def empty(self, params: PathsParams, context: Context) -> PathsPart:
        """Return no paths."""
        return PathsPart(Trails(sum(sides(params)) + 3))

    def people(
        self, params: PathsParams, context: Context, block: Block, cell: PathsCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return whose paths have what the cell asks for."""
        person, table = paths(params, context, block)
        chosen = np.ones(person.size, bool) if groups is None else np.isin(table[:, 0], groups)
        if not cell.any_outcome:
            chosen &= outcome(params, table)
        if cell.converted is not None:
            chosen &= (table[:, 1] > 0) == cell.converted
        path, lead = table[:, 2:], sides(params)[0]
        if cell.whole is not None:
            chosen &= len(cell.whole) == path.shape[1]
            for column, label in enumerate(cell.whole[: path.shape[1]]):
                chosen &= standing(path[:, column], label, (), context.names[0])
        if cell.back is not None and len(cell.back) == 2 and path.shape[1] > 2:
            place = loops(path) & standing(path[:, :-2], cell.back[0], (), context.names[0])
            chosen &= (place & standing(path[:, 1:-1], cell.back[1], (), context.names[0])).any(axis=1)
        elif cell.back is not None:
            chosen &= False
        if cell.node is not None or cell.next is not None:
            found = np.ones(path.shape, bool)
            if cell.node is not None:
                found &= standing(path, cell.node, cell.besides, context.names[0])
            if cell.next is not None:
                found[:, -1] = False
                found[:, :-1] &= standing(path[:, 1:], cell.next, cell.besides_next, context.names[0])
                found[:, :-1] &= path[:, :-1] != BEYOND
            if cell.at is not None:
                inside = 0 <= cell.at + lead < path.shape[1]
                found = found[:, [cell.at + lead]] if inside else found[:, :0]
            chosen &= found.any(axis=1)
        return np.unique(block.people[person[chosen]])

    def others(self, params: PathsParams, context: Context, part: PathsPart) -> Ints:
        """Return the group codes that make "other"."""
        batch = part.trails.whole()
        return groups_of(params, context, batch.table[:, 0], batch.count)[1]

    def figures(self, params: PathsParams, result: PathResult) -> list[Figure]:
        """Return people, paths, conversion, and the shares that end at once or loop."""
        found = []
        for group in result.groups:
            label, cell = group.group, PathsCell(group=group.group)
            found.append(Figure("people", Text("People", "人数"), group.people, "number", label, cell))
            found.append(Figure("paths", Text("Paths", "路径数"), group.paths, "number", label, cell))
            if params.goal is not None:
                won = PathsCell(group=label, converted=True, any_outcome=True)
                rate = group.converted_paths / group.started_paths if group.started_paths else None
                found.append(Figure("conversion", Text("Conversion", "转化率"), rate, "percent", label, won))
            for name, title, count in (
                ("ended_at_once", Text("Left at once", "到此即离开"), group.ended_at_once),
                ("loops", Text("Went back", "出现折返"), group.looping_paths),
            ):
                if name == "loops" or params.position != "end":
                    share = count / group.paths if group.paths else None
                    found.append(Figure(name, title, share, "percent", label))
        return found

    def counted(self, params: PathsParams, result: PathResult) -> Iterator[tuple[PathsCell, int]]:
        """Return everything that has people, the links by step first."""
        for group in result.groups:
            mine = group.group
            yield PathsCell(group=mine), group.people
            yield PathsCell(group=mine, any_outcome=True), group.started_people
            if params.goal is not None:
                yield PathsCell(group=mine, any_outcome=True, converted=True), group.converted_people
            there = {step.at: tuple(n.node for n in step.nodes if n.node != OTHER) for step in group.steps}
            for step in group.steps:
                for node in step.nodes:
                    beside = there[step.at] if node.node == OTHER else ()
                    yield PathsCell(at=step.at, node=node.node, besides=beside, group=mine), node.people
            for link in group.links:
                yield (
                    PathsCell(
                        at=link.at,
                        node=link.source,
                        next=link.target,
                        besides=there[link.at] if link.source == OTHER else (),
                        besides_next=there[link.at + 1] if link.target == OTHER else (),
                        group=mine,
                    ),
                    link.people,
                )
            known = tuple(group.matrix.nodes)
            for move in group.matrix.moves:
                yield (
                    PathsCell(
                        node=move.source,
                        next=move.target,
                        besides=known if move.source == OTHER else (),
                        besides_next=known if move.target == OTHER else (),
                        group=mine,
                    ),
                    move.people,
                )
            for whole in group.whole:
                yield PathsCell(whole=whole.nodes, group=mine), whole.people
            for loop in group.loops:
                yield PathsCell(back=[loop.node, loop.over], group=mine), loop.people
            lost = None if params.goal is None else False
            for left in group.exits:
                yield PathsCell(node=left.node, next=EXIT, converted=lost, group=mine), left.people

    def contrast(self, params: PathsParams, result: PathResult, other: PathResult) -> list[Test]:
        """Test the difference of conversion, by people."""
        found = []
        theirs = {str(group.group): group for group in other.groups}
        for group in result.groups if params.goal is not None else ():
            compared = theirs.get(str(group.group))
            if compared is None or group.group == OTHER:
                continue
            figures = (group.converted_people, group.started_people, compared.converted_people, compared.started_people)  # fmt: skip
            value, interval = two_proportions(*figures), newcombe(*figures)
            if value is not None and interval is not None:
                rates = (figures[0] / figures[1], figures[2] / figures[3])
                found.append(Test("conversion", group.group, *rates, value, *interval))
        return found

    def shape(self, params: PathsParams, context: Context, part: PathsPart) -> PathResult:
        """Make the answer of everyone, of the largest groups and of the rest."""
        batch = part.trails.whole()
        flow = Flow(batch, sides(params)[0], context.names[0], params.nodes, params.least)
        shown, everyone = outcome(params, batch.table), np.ones(batch.count.size, bool)
        groups: list[PathGroup] = [flow.group(None, shown, everyone)]
        if params.breakdowns:
            column = batch.table[:, 0]
            top, rest = groups_of(params, context, column, batch.count)
            for label, codes in named(top, rest, context.labels):
                inside = np.isin(column, codes)
                groups.append(flow.group(label, shown & inside, inside))
        return PathResult(groups=groups)


def bits(params: PathsParams) -> Bits:
    """Return the steps of the plan and their bits."""
    return Bits.of(
        anchor=params.anchor,
        activity=params.activity,
        ignore=params.ignore,
        cut=params.cut,
        split=params.split if params.by else None,
        show=params.show,
        hide=params.hide,
        goal=params.goal,
    )


def sides(params: PathsParams) -> tuple[int, int]:
    """Return how many columns stand before the anchor and after it."""
    before = 0 if params.position == "start" else params.steps + 1
    return before, 0 if params.position == "end" else params.steps + 1


def paths(params: PathsParams, context: Context, block: Block) -> tuple[Ints, Ints]:
    """Return the block's paths: whose (by place in the block), and their rows; see :class:`PathsPart`."""
    seen = bits(params)
    node = np.empty(block.time.size, np.int64)
    active, anchor, goal = np.empty((3, block.time.size), bool)
    marked(
        block.match.view(np.int64), called(params, context, block), seen.mask("anchor"), seen.mask("goal"),
        seen.mask("activity"), seen.mask("ignore"), seen.mask("show"), seen.mask("hide"),
        node, active, anchor, goal,
    )  # fmt: skip
    if params.unit == "session":
        unit = sessions(params, context, block, active, seen.flag(block, "cut"))
    else:
        unit = np.zeros(block.time.size, np.int64)
    before, after = (max(side - 1, 0) for side in sides(params))
    room = int(np.count_nonzero(anchor))
    person, row = np.empty(room, np.int64), np.empty(room, np.int64)
    reached, table = np.zeros(room, bool), np.empty((room, sum(sides(params)) + 3), np.int64)
    n = walk(
        block.offsets, unit, block.time, node, anchor, goal, WHICH[params.which], before, after,
        params.within * MINUTE, params.collapse, person, row, reached, table[:, 2:],
    )  # fmt: skip
    table = table[:n]
    table[:, 0], table[:, 1] = 0, reached[:n]
    if isinstance(block.group, Ragged):
        table[:, 0] = block.group.first()[row[:n]]
    elif block.group is not None and params.breakdowns:
        table[:, 0] = block.group[row[:n]]
    return person[:n], table


def called(params: PathsParams, context: Context, block: Block) -> Ints:
    """Return the node each row would be: its event, with its properties where it is to be told apart."""
    found = first_of(block.names[0])
    if not params.by or params.split is None:
        return found
    size = len(context.names[0].tables[0]) + 1
    return np.where(bits(params).flag(block, "split"), found, found % size)


def outcome(params: PathsParams, table: Ints) -> Flags:
    """Return which paths are shown."""
    if params.outcome == "all":
        return np.ones(table.shape[0], bool)
    found: Flags = (table[:, 1] > 0) == (params.outcome == "converted")
    return found


def standing(path: Ints, label: GroupLabel | None, besides: tuple[GroupLabel, ...], names: Labels) -> Flags:  # fmt: skip
    """Return where a label stands in paths; None is nothing at all."""
    found: Flags
    if label == OTHER:
        known = [code for one in besides if (code := code_of(names, one)) is not None]
        found = (path >= 0) & ~np.isin(path, known)
        return found
    special = BEYOND if label is None else END if label in (ENTRY, EXIT) else MORE if label == FURTHER else 0
    if special:
        found = path == special
        return found
    code = code_of(names, label) if label and len(label) == len(names.tables) else None
    found = path == code if code is not None else np.zeros(path.shape, bool)
    return found


def groups_of(params: PathsParams, context: Context, column: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the group codes that are named, by paths, and those that make "other"."""
    codes, place = np.unique(column, return_inverse=True)
    sizes = np.zeros(codes.size, np.int64)
    np.add.at(sizes, place, count)
    return leading(codes, sizes, params.top, context.labels)


def check(params: PathsParams) -> None:
    """Refuse what has no meaning."""
    if params.outcome != "all" and params.goal is None:
        raise BadInput(
            "goal_needed",
            Text(
                "Which paths reach the goal can only be told with a goal.",
                "要区分是否达成目标，请先设置目标。",
            ),
            field="goal",
            got=params.outcome,
        )
    if bool(params.by) != (params.split is not None):
        raise BadInput(
            "split_incomplete",
            Text(
                "To tell events apart, name both the events and the properties.",
                "细分事件时，需同时选择事件与属性。",
            ),
            field="by" if params.split is not None else "split",
            expected={"split": {"any_of": [{"event": "page_view"}]}, "by": [{"property": "page"}]},
        )
