"""Reading who sent an event: typed identifiers, tidied so that one person is written one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import what
from tidewheel.core.errors import nearest, shorten
from tidewheel.core.ids import IDENTIFIER_TYPES
from tidewheel.core.text import Text

LONGEST: Final = 256
JUNK: Final = frozenset(
    "null none nil undefined nan unknown anonymous guest visitor default true false n/a na #n/a (null) "
    "(none) (not_set) not_set [object_object] 匿名 匿名用户 游客 未知 无 空 默认".replace("_", " ").split(" ")
) | {"(not set)", "not set", "not_set", "[object object]"}
_LONGEST_JUNK: Final = max(map(len, JUNK))
RANKED: Final[Mapping[str, int]] = {kind: rank for rank, kind in enumerate(IDENTIFIER_TYPES)}
_FILLERS: Final = "0-_. +*?/"
_VIRTUAL: Final = re.compile(r"1[3-9]\d{9}\s*(?:[-_#,，]|转|分机)\s*\d{2,6}")
"""A number that a platform lends to an order, with its extension: the next order has another one's."""
_MADE_UP: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}|(?:[0-9a-f]{4,16}-){3,7}[0-9a-f]{4,16}"
    r"|\$device:.+|(?:anon|anonymous|guest|visitor|device|cookie)[-_:.].+",
    re.IGNORECASE,
)
_MOBILE: Final = re.compile(r"(?:\+?(?:00)?86)?(1[3-9]\d{9})")


def read_who(
    who: dict[str, Any], leave_out: Callable[[str, str, Any], None], ranks: Mapping[str, int] = RANKED
) -> list[str]:
    """Return actors, strongest first. Placeholders beside a good identifier are told to ``leave_out``.

    ``ranks`` are the types the project knows, 0 is the strongest.
    """
    found: list[tuple[int, str]] = []
    junk: Refused | None = None
    for kind, raw in who.items():
        if raw is None:
            continue
        place = ranks.get(kind)
        if place is None:
            near = nearest(kind, ranks)
            raise Refused(
                "unknown_identifier",
                shorten(f"who.{kind}", 60),
                kind,
                tuple(ranks),
                suggestion_en=f" Did you mean {near}?" if near else "",
                suggestion_zh=f"是不是想写 {near}？" if near else "",
            )
        for one in raw if type(raw) is list else (raw,):
            value = one.strip() if type(one) is str else _as_text(kind, one)
            if not value:
                continue
            if is_junk(value) or (kind == "phone" and (len(set(value)) == 1 or _VIRTUAL.fullmatch(value))):
                leave_out("junk_identifier", f"who.{kind}", value)
                junk = junk or Refused("junk_identifier", f"who.{kind}", value)
                continue
            if len(value) > LONGEST:
                raise Refused("long_identifier", f"who.{kind}", value, LONGEST)
            found.append((place, f"{kind}:{_tidy(kind, value)}"))
    if not found:
        raise junk or Refused("missing_who", "who", None, tuple(ranks))
    if len(found) > 1:
        return [name for _, name in sorted(set(found))]
    return [found[0][1]]


def is_anonymous(value: str) -> bool:
    """Tell whether an identifier of unknown type is one that a client made up: a UUID, long hex, ``anon-…``."""
    return _MADE_UP.fullmatch(value) is not None


def who_of(names: Iterable[Any], types: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return ``who`` for ids that a vendor keeps all in one field.

    Those that a client made up are of the type ``types["anonymous"]``, all others of ``types["distinct_id"]``.
    """
    who: dict[str, list[Any]] = {}
    for name in names:
        if name not in (None, ""):
            made_up = isinstance(name, str) and is_anonymous(name)
            kind = types.get("anonymous", "device") if made_up else types.get("distinct_id", "user")
            who.setdefault(kind, []).append(name)
    return who


def is_junk(value: str) -> bool:
    """Tell whether a trimmed value is a placeholder, or masked (138****0001), rather than an identifier."""
    return (
        (len(value) <= _LONGEST_JUNK and value.lower() in JUNK)
        or (value[:1] in _FILLERS and not value.strip(_FILLERS))
        or "**" in value
    )


def _as_text(kind: str, raw: Any) -> str:
    if type(raw) is int or (type(raw) is float and raw.is_integer() and abs(raw) < 2**53):
        return str(int(raw)) if abs(raw) < 10**40 else "9" * (LONGEST + 1)
    raise Refused("wrong_type", f"who.{kind}", what(raw), Text("text", "文本"))


def _tidy(kind: str, value: str) -> str:
    if kind == "phone":
        value = "".join(sign for sign in value if sign not in " -()\u00a0\u3000")
        mobile = _MOBILE.fullmatch(value)
        return f"+86{mobile[1]}" if mobile else value
    return value.lower() if kind == "email" else value
