"""Facts that were refused, with the reason: kept until someone mends and replays or removes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tidewheel.core.errors import TidewheelError, shorten
from tidewheel.core.text import Language, Text


@dataclass(frozen=True, slots=True)
class Rejected:
    """One refused fact: ``index`` is its place in the batch, ``body`` what was sent, as it came.

    ``reason`` holds both languages: ``message`` and ``hint`` as ``{"en", "zh"}``, ``got``, ``expected``.
    ``id`` is 0 until it is kept.
    """

    received: int
    source: str
    index: int
    code: str
    field: str | None
    reason: dict[str, Any]
    body: bytes
    id: int = 0

    @classmethod
    def of(cls, error: TidewheelError, *, received: int, source: str, index: int, body: bytes) -> Rejected:
        """Make one of the error that refused it."""
        reason = {
            "message": _both(error.message, error.values),
            "hint": _both(error.hint, error.values) if error.hint is not None else None,
            "got": shorten(error.got),
            "expected": error.expected,
        }
        return cls(received, source, index, error.code, error.field, reason, body)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the reason as an error is described: code, message, field, got, expected, hint."""
        hint = self.reason.get("hint")
        return {
            "code": self.code,
            "message": self.reason["message"][language],
            "field": self.field,
            "got": self.reason.get("got"),
            "expected": self.reason.get("expected"),
            "hint": hint[language] if hint else None,
        }


def _both(text: Text, values: dict[str, object]) -> dict[str, str]:
    return {"en": text.say("en", **values), "zh": text.say("zh", **values)}
