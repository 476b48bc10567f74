"""Orders and refunds of one person said plainly, for the oracles of every analysis of money."""

from __future__ import annotations

from dataclasses import dataclass, field

from tidewheel.analyse.kernels.orders import Money
from tidewheel.analyse.oracle import Happening


@dataclass
class Order:
    """One order; ``refunds`` are (when, how much)."""

    row: Happening
    value: int
    left: int
    refunds: list[tuple[int, int]] = field(default_factory=list)

    @property
    def undone(self) -> bool:
        """Whether all of it was taken back."""
        return bool(self.refunds) and self.left == 0


def whole(value: float | None) -> int:
    """Return an amount as whole minor units, not less than nothing."""
    return 0 if value is None else max(0, min(round(value), 10**15))


def orders_of(rows: list[Happening], money: Money, buys: int = 1, refunds: int = 2) -> list[Order]:
    """Return a person's orders in the order of their rows; ``values`` are the amount paid, then gross or refund."""
    found: list[Order] = []
    known: dict[int, Order] = {}
    for row in rows:
        if row.match & buys and not (row.key >= 0 and row.key in known):
            paid = whole(row.values[0])
            gross = row.values[1] if money == "gross" else None
            order = Order(row, paid if gross is None else whole(gross), paid)
            found.append(order)
            if row.key >= 0:
                known[row.key] = order
    for row in rows:
        back = known.get(row.key) if row.match & refunds and money == "net" else None
        if back is not None and back.left > 0:
            taken = back.left if row.values[1] is None else min(back.left, whole(row.values[1]))
            if taken:
                back.left -= taken
                back.refunds.append((max(row.time, back.row.time), taken))
    return found
