"""How a parameter is asked for: its words on the form, its flag on the command line.

A parameter is annotated once, ``grain: Annotated[Grain, Ask(Text("Each", "每"))]``; the words travel in the JSON
schema of the parameters as ``x-ask``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import GetJsonSchemaHandler
from pydantic.fields import FieldInfo

from tidewheel.core.text import Text


@dataclass(frozen=True, slots=True)
class Ask:
    """The words for one parameter.

    ``title`` names it, ``help`` says in one sentence what it does. ``choices`` are the words of each value of
    an enumeration (of ``true`` and ``false`` for a switch; ``""`` where none is chosen), as they read inside the
    sentence. ``edit`` names
    a special editor where the type does not say enough: ``property`` (one of the events' properties),
    ``money`` (minor units), ``duration`` (ms), ``value:page_property`` (a value of the property that the
    parameter ``page_property`` names).
    """

    title: Text
    help: Text | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    edit: str | None = None

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the field's schema with the words added."""
        found = dict(handler(core_schema))
        words: dict[str, Any] = {"title": _both(self.title)}
        if self.help:
            words["help"] = _both(self.help)
        if self.choices:
            words["choices"] = {value: _both(text) for value, text in self.choices.items()}
        if self.edit:
            words["edit"] = self.edit
        return {**found, "x-ask": words}


GRAINS: Final = {
    "minute": Text("minute", "分钟"),
    "hour": Text("hour", "小时"),
    "day": Text("day", "天"),
    "week": Text("week", "周"),
    "month": Text("month", "月"),
}
"""The words of a grain, for :attr:`Ask.choices`."""


DAYS: Final = {
    "all": Text("on all days", "所有日期"),
    "working": Text("on working days", "仅工作日"),
    "off": Text("on days off", "仅休息日"),
}
"""The words of which days count."""


def asked(info: FieldInfo) -> Ask | None:
    """Return the words of a parameter, None where it has none."""
    return next((one for one in info.metadata if isinstance(one, Ask)), None)


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
