"""Metrics as YAML: ``metrics:`` and, below it, each definition by its name. Files lie in a folder, any depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model.metrics import MetricDefinition, parse


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
    """Return the definitions of every ``.yaml`` file below a folder, by name.

    Raises BadInput for a file that cannot be read, a name that stands twice, a definition with a mistake.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    if not files:
        raise BadInput(
            "no_metric_files",
            Text("There is no YAML file below {folder}.", "{folder} 下没有 YAML 文件。"),
            got=str(folder),
            expected="*.yaml",
            folder=folder,
        )
    found: dict[str, MetricDefinition] = {}
    for file in files:
        place = file.relative_to(folder).as_posix()
        for name, raw in _read(file, place).items():
            if name in found:
                raise _bad(place, f"the metric {name} stands in another file too")
            found[name] = parse(str(name), raw, place)
    return found


def write(metrics: dict[str, MetricDefinition]) -> str:
    """Return definitions as one YAML file, sorted by name; what has its default is left out."""
    plain = {name: metrics[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(metrics)}
    return yaml.safe_dump({"metrics": plain}, allow_unicode=True, sort_keys=False, width=110)


def _read(file: Path, place: str) -> dict[str, Any]:
    try:
        # a SafeLoader's heir
        held = yaml.load(file.read_text("utf-8"), Loader=_Strict)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(place, " ".join(str(error).split())) from error
    if held is None:
        return {}
    if not isinstance(held, dict) or set(held) != {"metrics"} or not isinstance(held["metrics"], dict):
        raise _bad(place, "it must hold one key, metrics, with definitions by name")
    return held["metrics"]


def _bad(place: str, why: str) -> BadInput:
    return BadInput(
        "bad_metric_file",
        Text("{place} cannot be used: {why}.", "{place} 无法使用：{why}。"),
        field=place,
        expected="metrics:\n  name: {title: …, formula: …}",
        place=place,
        why=why,
    )
