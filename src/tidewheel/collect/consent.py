"""Reading the ``consent`` part of an event: what the person agrees to, or withdraws, becomes a fact each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tidewheel.collect.problems import Refused
from tidewheel.collect.values import Tell, read_properties, shown
from tidewheel.core.errors import nearest

STATES: Final = ("granted", "withdrawn")
ANY: Final = "any"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELDS: Final = ("purpose", "channel", "state", "evidence", "version", "jurisdiction")
_LONGEST: Final = 2_000


def chosen(
    granted: Iterable[str], withdrawn: Iterable[str] = (), **shown: str | None
) -> list[dict[str, Any]]:
    """Return what a vendor's client tells of a choice as the ``consent`` part of an event, under the vendor's names.

    ``shown`` is what shows it: ``evidence``, ``version``, ``jurisdiction``. A name that is on both sides is withdrawn.
    """
    more = {name: value for name, value in shown.items() if value}
    said = {purpose_of(name): "granted" for name in granted} | {
        purpose_of(name): "withdrawn" for name in withdrawn
    }
    return [{"purpose": purpose, "state": state, **more} for purpose, state in said.items()]


def purpose_of(name: str) -> str:
    """Return a vendor's name of a purpose in small Latin letters; one that has none of them stays as it is."""
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    if plain[:1].isdigit():
        plain = f"purpose_{plain}"
    return plain[:40] or name


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
