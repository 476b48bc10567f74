"""Which tables SQL reads, and what they are for; ``orders`` is made of another of them."""

from __future__ import annotations

from typing import Final

from tidewheel.core.text import Text

TABLES: Final[dict[str, Text]] = {
    "events": Text("Everything people did: one row an event.", "所有行为事件，一行一个事件。"),
    "persons": Text(
        "Everyone: one row a person, with their properties as they are now.",
        "全部用户，一人一行，属性为当前值。",
    ),
    "orders": Text(
        "One row a purchase. Refunds are counted at the order they belong to, whenever they were made.",
        "一行一笔支付订单；退款不论何时发生，都计入所属订单。",
    ),
    "items": Text("The imported catalogue: one row an item.", "导入的商品资料，一行一个商品。"),
    "costs": Text("Imported spending: one row a day and split.", "导入的投放花费，按日期与拆分维度一行。"),
    "segments": Text("Who is in which saved segment.", "已存人群及其成员。"),
}

ORDERS: Final = """
SELECT
    bought.order_id, bought.person, bought.time,
    coalesce(bought.gross_value, bought.value) AS gross,
    coalesce(bought.discount, bought.gross_value - bought.value, 0) AS discount,
    bought.value AS paid,
    coalesce(back.refunded, 0) AS refunded,
    coalesce(bought.value, 0) - coalesce(back.refunded, 0) AS net,
    bought.currency, bought.channel, bought.platform, bought.store_id, bought.coupon_id, bought.items
FROM events AS bought
LEFT JOIN (
    SELECT refunds.order_id, any_value(refunds.refunded) AS refunded,
        min((purchases.time, purchases.id)) AS purchase
    FROM (
        SELECT order_id, sum(refund_value) AS refunded FROM events WHERE name = 'refund' GROUP BY order_id
    ) AS refunds
    JOIN (SELECT order_id, time, id FROM events WHERE name = 'purchase') AS purchases USING (order_id)
    GROUP BY refunds.order_id
) AS back ON back.order_id = bought.order_id AND back.purchase = (bought.time, bought.id)
WHERE bought.name = 'purchase'
"""
"""An order number that was paid twice has its refunds at the first payment."""
