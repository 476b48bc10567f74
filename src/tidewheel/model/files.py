"""Definitions as YAML: ``metrics:`` and ``goals:`` and, below each, definitions by name.

Files lie in a folder, at any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model.goals import GoalDefinition, parse_goal
from tidewheel.model.metrics import MetricDefinition, parse

SECTIONS: Final = frozenset({"metrics", "goals"})
D = TypeVar("D", bound=BaseModel)


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
    return _read_section(folder, "metrics", parse)


def read_goals(folder: Path) -> dict[str, GoalDefinition]:
    """Return the goals of every ``.yaml`` file below a folder, by name; raises like :func:`read_folder`."""
    return _read_section(folder, "goals", parse_goal)


def write(metrics: dict[str, MetricDefinition]) -> str:
    """Return metrics as one YAML file, sorted by name; what has its default is left out."""
    return _write_section("metrics", metrics)


def write_goals(goals: dict[str, GoalDefinition]) -> str:
    """Return goals as one YAML file, sorted by name; what has its default is left out."""
    return _write_section("goals", goals)


def _write_section(section: str, definitions: Mapping[str, BaseModel]) -> str:
    plain = {
        name: definitions[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(definitions)
    }
    return yaml.safe_dump({section: plain}, allow_unicode=True, sort_keys=False, width=110)


def _read_section(folder: Path, section: str, parse_one: Callable[[str, Any, str], D]) -> dict[str, D]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    if not files:
        raise BadInput(
            "no_metric_files",
            Text("There is no YAML file below {folder}.", "{folder} 下没有 YAML 文件。"),
            got=str(folder),
            expected="*.yaml",
            folder=folder,
        )
    found: dict[str, D] = {}
    for file in files:
        place = file.relative_to(folder).as_posix()
        for name, raw in _read(file, place).get(section, {}).items():
            if name in found:
                raise _bad(place, f"{name} stands in another file too")
            found[name] = parse_one(str(name), raw, place)
    return found


def _read(file: Path, place: str) -> dict[str, dict[str, Any]]:
    try:
        # a SafeLoader's heir
        held = yaml.load(file.read_text("utf-8"), Loader=_Strict)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(place, " ".join(str(error).split())) from error
    if held is None:
        return {}
    if not isinstance(held, dict) or not set(held) <= SECTIONS:
        raise _bad(place, f"it may hold {', '.join(sorted(SECTIONS))} only")
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
