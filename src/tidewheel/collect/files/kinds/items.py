"""One row, one item of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tidewheel.collect.files.contract import Field, Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.core.text import Text


class Items(RowKind):
    """Goods with what is known of them. A later import of an item replaces what was known."""

    name: ClassVar[str] = "items"
    title: ClassVar[Text] = Text("Items", "商品")
    table: ClassVar[str | None] = "items"
    needs: ClassVar[tuple[str, ...]] = ("fields.item_id",)
    fields: ClassVar[Mapping[str, Field]] = {
        "item_id": Field(
            ("sku", "skuid", "itemid", "productid", "goodsid", "spuid", "spu", "商品编码", "商品编号", "商品id",
             "sku编码", "sku编号", "货号", "规格编码", "商家编码", "id")
        ),
        "item_name": Field(("itemname", "name", "title", "productname", "商品名称", "商品名", "名称", "品名", "商品标题", "宝贝标题")),
        "item_category": Field(("category", "categoryname", "itemcategory", "类目", "商品类目", "分类", "商品分类", "品类", "一级类目")),
        "item_category2": Field(("category2", "subcategory", "二级类目", "子类目")),
        "item_brand": Field(("brand", "itembrand", "品牌")),
        "price": Field(("price", "saleprice", "listprice", "单价", "售价", "价格", "销售价", "吊牌价", "零售价"), money=True),
        "cost": Field(("cost", "costprice", "成本", "成本价", "进价", "采购价"), money=True),
        "stock": Field(("stock", "inventory", "库存", "库存数量", "可用库存")),
    }  # fmt: skip

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        values = job.values(row, job.properties)
        if not values.get("item_id"):
            raise Refused("missing_value", job.mapping.fields["item_id"])
        return Made(row.number, values, ("items", values["item_id"]))
