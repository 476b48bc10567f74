"""An answer: the result, what it is compared with, and what made it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tidewheel.analyse.contract import Figure, Format
from tidewheel.analyse.question import GroupLabel


class Title(BaseModel):
    """A text in both languages."""

    en: str
    zh: str


class Significance(BaseModel):
    """A test of the answer against what it is compared with; the interval is of the difference, at 95 %."""

    name: str
    group: GroupLabel | None
    value: float
    compared: float
    p_value: float
    low: float
    high: float


class Named(BaseModel):
    """One of the answer's main numbers by its lasting name; see :class:`tidewheel.analyse.contract.Figure`."""

    name: str
    title: Title
    value: float | None
    format: Format
    group: GroupLabel | None
    cell: Any

    @classmethod
    def of(cls, figure: Figure) -> Named:
        """Return a figure as it is told."""
        return cls(
            name=figure.name,
            title=Title(en=figure.title.en, zh=figure.title.zh),
            value=figure.value,
            format=figure.format,
            group=figure.group,
            cell=figure.cell,
        )


class Compared(BaseModel):
    """The same question of another period or of other people."""

    label: Title
    result: Any
    figures: list[Named]
    tests: list[Significance]


class Warned(BaseModel):
    """Something the asker should know, such as a name that was never seen."""

    code: str
    message: Title


class Provenance(BaseModel):
    """Asked again with these, the answer is the same to the byte.

    ``definition`` hashes kind and parameters, ``data`` the facts, ``identity`` the links. ``receipt`` says which facts
    there were in a way that outlasts how they lie; None where facts are not stamped as they are taken in. ``until`` is the
    time up to which there are facts; ``events`` counts those of the months that the period touches, ``people`` everyone
    but those ``left_out``, because they withdrew their consent to analytics or are being erased.
    """

    definition: str
    data: str
    identity: str
    receipt: str | None
    zone: str
    engine: str
    asked_at: str
    until: str | None
    period: tuple[str, str]
    events: int
    people: int
    left_out: int = 0


class Answer(BaseModel):
    """What :func:`tidewheel.analyse.run.ask` returns. ``seconds`` and ``cached`` are about this delivery."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    kind: str
    params: dict[str, Any]
    result: Any
    figures: list[Named]
    comparisons: list[Compared]
    warnings: list[Warned]
    provenance: Provenance
