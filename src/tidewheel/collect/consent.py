"""Reading the ``consent`` part of an event: what the person agrees to, or withdraws, becomes a fact each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from tidewheel.collect.problems import Refused
from tidewheel.collect.values import Tell, read_properties, shown
from tidewheel.core.errors import nearest

STATES: Final = ("granted", "withdrawn")
ANY: Final = "any"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELDS: Final = ("purpose", "channel", "state", "evidence", "version", "jurisdiction")
_LONGEST: Final = 2_000


def read_consents(raw: Sequence[dict[str, Any]], tell: Tell) -> tuple[dict[str, Any], ...]:
    """Return the properties of each fact: purpose, channel, state, and what shows it."""
    return tuple(_one(part, f"consent[{place}]", tell) for place, part in enumerate(raw))


def _one(raw: dict[str, Any], path: str, tell: Tell) -> dict[str, Any]:
    strange = next((name for name in raw if name not in _FIELDS), None)
    if strange is not None:
        near = nearest(strange, _FIELDS)
        raise Refused(
            "unknown_consent_field",
            f"{path}.{strange[:40]}",
            strange,
            _FIELDS,
            suggestion_en=f" Did you mean {near}?" if near else "",
            suggestion_zh=f"是不是想写 {near}？" if near else "",
        )
    purpose, channel = raw.get("purpose"), raw.get("channel") or ANY
    for name, value in (("purpose", purpose), ("channel", channel)):
        if type(value) is not str or not _NAME.fullmatch(value):
            raise Refused("bad_consent", f"{path}.{name}", shown(value), "a-z 0-9 _")
    state = raw.get("state")
    if state not in STATES:
        raise Refused("bad_consent", f"{path}.state", shown(state), STATES)
    more = {name: raw[name] for name in ("evidence", "version", "jurisdiction") if raw.get(name) is not None}
    for name, value in more.items():
        if type(value) is not str or len(value) > _LONGEST:
            raise Refused("bad_consent", f"{path}.{name}", shown(value)[:80], f"<= {_LONGEST}")
    kept = read_properties({name: value for name, value in more.items() if value}, path, tell)
    told = {name: value if type(value) is str else more[name] for name, value in kept.items()}
    return {"purpose": purpose, "channel": channel, "state": state, **told}
