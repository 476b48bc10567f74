"""What a project says about identifiers: which types there are, how many a person may have, which values say nothing.

The rules are data. They are applied when people are worked out, so that another set of rules changes who is who at
once, for all facts, and nothing is rewritten.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.ids import ANONYMOUS_TYPES, IDENTIFIER_TYPES, OWN_TYPES
from tidewheel.core.patterns import why_not
from tidewheel.core.text import Text
from tidewheel.core.validation import why

MOST: Final = 200
"""The largest limit of identifiers of a type a person may have; above it a type has none."""
_TYPE_NAME: Final = r"[a-z][a-z0-9_]{0,31}"
TypeName: TypeAlias = Annotated[str, Field(pattern=f"^{_TYPE_NAME}$")]
Value: TypeAlias = Annotated[str, Field(min_length=1, max_length=256)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Frozen):
    """What a type is called."""

    en: Annotated[str, Field(min_length=1, max_length=60)]
    zh: Annotated[str, Field(min_length=1, max_length=60)]


class TypeRule(_Frozen):
    """One type of identifier.

    ``most``: how many a person may have (null: any number). ``shared_by``: how many people may share one, that is
    how many different identifiers of a type with ``most`` 1 may be named with it; one that is claimed by more joins nobody
    (null: it stays with the first). ``blocked`` values and ``patterns`` (RE2, of the whole value) join nobody.
    ``hands_over``: what happens on one after a second account signs in there is the second account's. By default so for
    devices and cookies; what is somebody's own, such as a phone number, never changes hands.
    """

    type: TypeName
    title: Title | None = None
    most: Annotated[int, Field(ge=1, le=MOST)] | None = None
    shared_by: Annotated[int, Field(ge=1, le=MOST)] | None = None
    hands_over: bool = False
    blocked: Annotated[tuple[Value, ...], Field(max_length=10_000)] = ()
    patterns: Annotated[tuple[Value, ...], Field(max_length=100)] = ()

    @model_validator(mode="before")
    @classmethod
    def _usually(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or raw.get("hands_over") is not None:
            return raw
        kind = raw.get("type")
        return {**raw, "hands_over": isinstance(kind, str) and kind in ANONYMOUS_TYPES}

    @model_validator(mode="after")
    def _own(self) -> TypeRule:
        if self.hands_over and self.type in OWN_TYPES:
            raise Unfit(
                Text(
                    f"{self.type} is somebody's own and cannot change hands",
                    f"{self.type} 属于个人，不能转手",
                )
            )
        return self

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                why = why_not(error)
                raise Unfit(
                    Text(f"{pattern} is not a pattern: {why.en}", f"{pattern} 不是正则表达式：{why.zh}")
                ) from None
        return patterns


class IdentityRules(_Frozen):
    """All types, strongest first: an event is stored under the strongest of its identifiers, and a person is called by it.

    A built-in type that is not named follows with its defaults. ``most_identifiers`` stops a person from growing without
    end. Links whose confidence is below ``least_confidence`` are not in force.
    """

    types: Annotated[tuple[TypeRule, ...], Field(max_length=50)] = ()
    most_identifiers: Annotated[int, Field(ge=2, le=100_000)] = 500
    least_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0

    @model_validator(mode="before")
    @classmethod
    def _all_types(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("types", ()), list | tuple):
            return raw
        given = list(raw.get("types", ()))
        named = {one.get("type") if isinstance(one, dict) else getattr(one, "type", None) for one in given}
        rest = [{"type": kind, "most": most} for kind, most in IDENTIFIER_TYPES.items() if kind not in named]
        return {**raw, "types": [*given, *rest]}

    @model_validator(mode="after")
    def _once(self) -> IdentityRules:
        names = [one.type for one in self.types]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Unfit(Text(f"{twice} stands twice", f"{twice} 出现了两次"))
        return self

    @cached_property
    def ranks(self) -> dict[str, int]:
        """How strong each type is: 0 is the strongest."""
        return {one.type: rank for rank, one in enumerate(self.types)}

    @cached_property
    def limits(self) -> dict[str, int]:
        """How many a person may have, of the types that have a limit."""
        return {one.type: one.most for one in self.types if one.most is not None}

    @cached_property
    def handed(self) -> frozenset[str]:
        """The types whose identifiers change hands."""
        return frozenset(one.type for one in self.types if one.hands_over)

    @cached_property
    def form(self) -> str:
        """The rules as text; equal rules have the same."""
        return self.model_dump_json()

    def rank(self, kind: str) -> int:
        """Return how strong a type is; unknown ones come last."""
        return self.ranks.get(kind, len(self.ranks))

    def of(self, kind: str) -> TypeRule | None:
        """Return the rule of a type."""
        return next((one for one in self.types if one.type == kind), None)


def is_type_name(text: str) -> bool:
    """Say whether a type of identifier may be called so."""
    return re.fullmatch(_TYPE_NAME, text) is not None


def anchored(pattern: str) -> str:
    """Return a pattern that has to match the whole value."""
    return f"^(?:{pattern})$"


def parse_rules(raw: Any, place: str = "identity") -> IdentityRules:
    """Read rules; the first mistake is told with its place, such as ``identity.types.3.most``."""
    try:
        return IdentityRules.model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([place, *map(str, first["loc"])])
        raise BadInput(
            "bad_identity_rules",
            Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
            field=path,
            got=str(first["input"])[:200],
            path=path,
            why=why(first),
        ) from None


DEFAULT_RULES: Final = IdentityRules()
USUAL_BLOCKED: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "phone": (
        ("+8613800138000", "+8613800000000", "+8613888888888", "+8613900000000"),
        (r"(\+86)?1[3-9]\d(0{8}|1{8}|12345678|88888888|99999999)",),
    ),
    "email": ((), (r"(test|noreply|no-reply|none|null|unknown)@.*", r".*@(example|test)\.(com|cn|org)")),
    "device": ((), (r"[0\-]+", r"[fF\-]{16,}", r"(unknown|null|undefined|none)")),
    "cookie": ((), (r"[0\-]+", r"(unknown|null|undefined|none)")),
}
"""Values and patterns that shops usually block, by type: a proposal, in force only once a project takes it."""
