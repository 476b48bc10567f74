"""One error shape for every surface.

::

    TidewheelError
    ├── BadInput         the caller can mend it          (HTTP 400/422)
    ├── NotAllowed       signed out, or not permitted    (401/403)
    ├── NotFound         no such thing                   (404)
    ├── Conflict         it changed or exists already    (409)
    ├── TooLarge         over a stated limit             (413)
    ├── Busy             try again after a while         (429)  Transient
    ├── Cancelled        the asker gave up               (499)
    └── Unavailable      a part is down                  (503)  Transient
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar

from tidewheel.core.text import Language, Text


class TidewheelError(Exception):
    """An error for the person who can mend it: the code and values travel, the sentence is made last.

    ``values`` fill the marks of ``message`` and ``hint``, each as it is or as a text; ``got`` and ``expected`` must be JSON values.
    """

    status: ClassVar[int] = 500

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        field: str | None = None,
        got: Any = None,
        expected: Any = None,
        hint: Text | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.got = got
        self.expected = expected
        self.hint = hint
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the JSON form: code, message, field, got, expected, hint."""
        told = {
            name: one.say(language) if isinstance(one, Text) else one for name, one in self.values.items()
        }
        values = {"got": shorten(self.got), **told} if told else {}
        return {
            "code": self.code,
            "message": self.message.say(language, **values),
            "field": self.field,
            "got": shorten(self.got),
            "expected": self.expected,
            "hint": self.hint.say(language, **values) if self.hint else None,
        }

    def __str__(self) -> str:
        said = self.describe()
        return " ".join(str(part) for part in (said["message"], said["hint"]) if part)


def _again(kind: type[TidewheelError], args: tuple[Any, ...], state: dict[str, Any]) -> TidewheelError:
    """Make an error again that came from another process."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class Transient:
    """Mixed into errors that may pass: trying the same again later is right."""

    retry_after_seconds: float = 1.0


class BadInput(TidewheelError):
    """The caller can mend it."""

    status = 422


class NotAllowed(TidewheelError):
    """Signed out (401) or not permitted (403)."""

    status = 403


class NotSignedIn(NotAllowed):
    """No session and no token."""

    status = 401


class NotFound(TidewheelError):
    """No such thing."""

    status = 404


class Conflict(TidewheelError):
    """It exists already, or changed meanwhile."""

    status = 409


class TooLarge(TidewheelError):
    """Over a stated limit."""

    status = 413


class Busy(TidewheelError, Transient):
    """Too much at once."""

    status = 429


class Cancelled(TidewheelError):
    """The asker gave up."""

    status = 499


class Unavailable(TidewheelError, Transient):
    """A part Tidewheel needs is down."""

    status = 503


class Unfit(ValueError):
    """What a model does not take, as a clause in both languages; raised inside of pydantic's validators."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def shorten(value: Any, limit: int = 200) -> Any:
    """Cut long text so that an error stays readable and large input is not echoed."""
    if isinstance(value, str) and len(value) > limit:
        return value[:limit] + "…"
    return value


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like ``word``, or None."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def unknown(kind: Text, word: str, known: Iterable[str], *, field: str | None = None) -> BadInput:
    """Make the error for a word that is not one of ``known``; names the nearest one."""
    words = sorted(known)
    near = nearest(word, words)
    hint = Text("Did you mean {near}?", "是不是想写 {near}？") if near else None
    return BadInput(
        "unknown_name",
        Text("There is no {kind_en} named {word}.", "没有名为 {word} 的{kind_zh}。"),
        field=field,
        got=word,
        expected=words[:50],
        hint=hint,
        kind_en=kind.en,
        kind_zh=kind.zh,
        word=shorten(word, 60),
        near=near,
    )
