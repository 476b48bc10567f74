"""The answer to an attribution."""

from __future__ import annotations

from tidewheel.analyse.attribution.question import ModelName, TouchName
from tidewheel.analyse.question import GroupLabel, Model


class AttributionCredit(Model):
    """What one model credits to one touch. ``value`` is revenue in minor units, when it was asked.

    ``people`` are the persons with a conversion of which this touch gets something. The returns are there
    where costs are: ``roas`` revenue by cost, ``roi`` revenue less cost by cost, ``cac`` cost a first order,
    ``cpo`` cost an order.
    """

    conversions: float
    value: float | None
    people: int
    roas: float | None = None
    roi: float | None = None
    cac: float | None = None
    cpo: float | None = None


class AttributionRow(Model):
    """One touch. ``touch`` None: conversions without any in the look-back.

    ``credits``, ``first`` and ``repeat`` have one entry a model, in the order of ``models``. ``assisted`` are
    conversions with this touch on the way but not last, ``last`` those it was last of.
    """

    touch: TouchName | None
    credits: list[AttributionCredit]
    first: list[AttributionCredit] | None
    repeat: list[AttributionCredit] | None
    assisted: int
    last: int
    cost: float | None = None


class AttributionBin(Model):
    """Conversions with ``low`` touches up to, not including, ``high``; or so many ms after the first touch.

    ``high`` None: and more. ``people`` is None in "other".
    """

    low: int
    high: int | None
    conversions: int
    people: int | None


class AttributionPath(Model):
    """One way to convert; ``longer``: touches came before these."""

    touches: list[TouchName]
    longer: bool
    conversions: int
    value: float | None
    people: int | None


class AttributionGroup(Model):
    """The table of one breakdown value. ``lost`` are persons with touches in the period who did not convert."""

    group: GroupLabel | None
    conversions: int
    value: float | None
    people: int
    first_conversions: int | None
    repeat_conversions: int | None
    lost: int
    rows: list[AttributionRow]
    lengths: list[AttributionBin]
    delays: list[AttributionBin]
    paths: list[AttributionPath]


class LiftTouch(Model):
    """Orders that a test found would not have come without the touch, in the asked period."""

    touch: TouchName
    orders: float


class LiftModel(Model):
    """How far a model is from the tests.

    ``error``: the absolute differences of all tested touches by the orders found. ``bias``: their sum with
    sign. ``over`` and ``under``: the touch most over- and under-credited, with how many orders.
    """

    model: ModelName
    error: float
    bias: float
    over: TouchName | None
    over_orders: float
    under: TouchName | None
    under_orders: float


class Lift(Model):
    """Every model against the imported results of lift tests; ``models`` begins with the nearest."""

    touches: list[LiftTouch]
    models: list[LiftModel]


class AttributionResult(Model):
    """``groups[0]`` is everyone. ``names``: what the asked touches are called, in order.

    ``cost`` is all that was spent in the period by what names the touches, ``cost_elsewhere`` the part of it
    whose name no row has; None where no costs were imported.
    """

    models: list[ModelName]
    names: list[str]
    groups: list[AttributionGroup]
    cost: float | None
    cost_elsewhere: float | None
    lift: Lift | None
