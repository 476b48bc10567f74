"""Definitions as YAML: ``metrics:``, ``goals:``, ``alerts:``, ``picks:`` and the sections of a tracking plan, by name.

Files lie in a folder, at any depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel

from tidewheel.collect.plan import KINDS, PlanKind, TrackingPlan, check_whole, parse_part
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model.alerts import AnyAlert, parse_alert
from tidewheel.model.goals import GoalDefinition, parse_goal
from tidewheel.model.metrics import MetricDefinition, parse
from tidewheel.model.picks import PickDefinition, parse_pick

PLAN_SECTIONS: Final[dict[PlanKind, str]] = {
    "event": "events",
    "property": "properties",
    "item": "item_properties",
    "person": "person_properties",
}
SECTIONS: Final = {
    "metrics": "metric",
    "goals": "goal",
    "alerts": "alert",
    "picks": "picked event",
    **{section: kind for kind, section in PLAN_SECTIONS.items()},
}
"""What a file may hold, and what one of each is called."""


class _Strict(yaml.SafeLoader):
    """Refuses a key that stands twice; days stay text."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", node.start_mark)
    return {
        key: loader.construct_object(value, deep=True)
        for key, (_, value) in zip(keys, node.value, strict=True)
    }


_Strict.add_constructor("tag:yaml.org,2002:map", _mapping)
_Strict.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def read_folder(folder: Path) -> dict[str, MetricDefinition]:
    """Return the metrics of every ``.yaml`` file below a folder, by name.

    Raises BadInput for a file that cannot be read, a name that stands twice, a definition with a mistake.
    """
    return {name: parse(name, raw, place) for name, (raw, place) in _collect(folder, "metrics").items()}


def read_goals(folder: Path) -> dict[str, GoalDefinition]:
    """Return the goals of every ``.yaml`` file below a folder, by name; raises like :func:`read_folder`."""
    return {name: parse_goal(name, raw, place) for name, (raw, place) in _collect(folder, "goals").items()}


def read_picks(folder: Path) -> dict[str, PickDefinition]:
    """Return the picked events of every ``.yaml`` file below a folder; raises like :func:`read_folder`."""
    return {name: parse_pick(name, raw, place) for name, (raw, place) in _collect(folder, "picks").items()}


def read_alerts(folder: Path) -> dict[str, AnyAlert] | None:
    """Return the alerts of every ``.yaml`` file below a folder, by name; None where no file speaks of alerts."""
    if not any("alerts" in _read(file, place) for file, place in _files(folder)):
        return None
    return {name: parse_alert(name, raw, place) for name, (raw, place) in _collect(folder, "alerts").items()}


def read_plan(folder: Path) -> TrackingPlan:
    """Return the tracking plan of every ``.yaml`` file below a folder; raises like :func:`read_folder`."""
    plan = TrackingPlan()
    for kind in KINDS:
        for name, (raw, place) in _collect(folder, PLAN_SECTIONS[kind]).items():
            plan.of(kind)[name] = parse_part(kind, name, raw or {}, place)
    check_whole(plan)
    return plan


def read_template(name: str) -> TrackingPlan:
    """Return a tracking plan that comes with the product."""
    text = resources.files("tidewheel.model").joinpath("templates", f"{name}.yaml").read_text("utf-8")
    held = yaml.safe_load(text)
    plan = TrackingPlan()
    for kind in KINDS:
        for part, raw in held.get(PLAN_SECTIONS[kind], {}).items():
            plan.of(kind)[part] = parse_part(kind, part, raw)
    return plan


def write_plan(plan: TrackingPlan) -> str:
    """Return a tracking plan as one YAML file, sorted by name; what has its default is left out."""
    return _yaml({PLAN_SECTIONS[kind]: plan.of(kind) for kind in KINDS if plan.of(kind)})


def write(metrics: Mapping[str, MetricDefinition], alerts: Mapping[str, AnyAlert] | None = None) -> str:
    """Return definitions as one YAML file, sorted by name; what has its default is left out."""
    return _yaml({"metrics": metrics, **({"alerts": alerts} if alerts else {})})


def write_goals(goals: Mapping[str, GoalDefinition]) -> str:
    """Return goals as one YAML file, sorted by name; what has its default is left out."""
    return _yaml({"goals": goals})


def write_picks(picks: Mapping[str, PickDefinition]) -> str:
    """Return picked events as one YAML file, sorted by name; what has its default is left out."""
    return _yaml({"picks": picks})


def _yaml(sections: Mapping[str, Mapping[str, BaseModel]]) -> str:
    plain = {
        section: {name: held[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(held)}
        for section, held in sections.items()
    }
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)


def _files(folder: Path) -> list[tuple[Path, str]]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    if not files:
        raise BadInput(
            "no_metric_files",
            Text("There is no YAML file below {folder}.", "{folder} 下没有 YAML 文件。"),
            got=str(folder),
            expected="*.yaml",
            folder=folder,
        )
    return [(file, file.relative_to(folder).as_posix()) for file in files]


def _collect(folder: Path, section: str) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for file, place in _files(folder):
        for key, raw in _read(file, place).get(section, {}).items():
            name = str(key)
            if name in found:
                raise _bad(place, f"the {SECTIONS[section]} {name} stands in another file too")
            found[name] = raw, place
    return found


def _read(file: Path, place: str) -> dict[str, Any]:
    try:
        # a SafeLoader's heir
        held = yaml.load(file.read_text("utf-8"), Loader=_Strict)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(place, " ".join(str(error).split())) from error
    if held is None:
        return {}
    if not isinstance(held, dict) or not set(held) <= set(SECTIONS):
        raise _bad(place, f"it may hold {', '.join(SECTIONS)} only")
    if not all(isinstance(section, dict) for section in held.values()):
        raise _bad(place, "definitions stand by name")
    return held


def _bad(place: str, why: str) -> BadInput:
    return BadInput(
        "bad_metric_file",
        Text("{place} cannot be used: {why}.", "{place} 无法使用：{why}。"),
        field=place,
        expected="metrics:\n  name: {title: …, formula: …}",
        place=place,
        why=why,
    )
