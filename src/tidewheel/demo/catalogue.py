"""2,000 goods of the brand: a category tree, believable names, prices, costs, stock, launch days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.demo.dice import Dice, Floats, Ints, choose
from tidewheel.demo.seasons import Seasons

SKUS: Final = 2_000
BRANDS: Final = ("汐语", "汐语", "汐语", "汐语·初", "潮屿", "汐语男士")

# category, leaf, English leaf, share of sales, typical price in yuan, forms with their sizes
TREE: Final = (
    ("护肤", "洁面", "cleanser", 7.0, 119, "氨基酸洁面乳=100g,120g 洁面慕斯=150ml,200ml 洁颜蜜=100g 净肤洁面膏=120g"),
    ("护肤", "化妆水", "toner", 6.0, 169, "精华水=120ml,150ml 柔肤水=150ml,200ml 爽肤水=200ml 菌菇水=150ml,200ml"),
    ("护肤", "精华", "serum", 11.0, 329, "修护精华液=30ml,50ml 肌底液=30ml,50ml 精华油=15ml,30ml 次抛精华=30支,60支"),
    ("护肤", "面霜", "cream", 8.0, 289, "保湿面霜=30g,50g 修护乳霜=50g 凝霜=50g,75g 轻乳液=100ml 晚霜=50g"),
    ("护肤", "眼霜", "eye_care", 4.0, 269, "眼霜=15g,20g 眼部精华=15ml,20ml 眼部凝胶=20g 眼膜=30片,60片"),
    ("护肤", "面膜", "mask", 10.0, 99, "补水面膜=5片,10片 冻干面膜=5片 泥膜=100g 睡眠面膜=80g,100g 涂抹面膜=100g"),
    ("护肤", "防晒", "sunscreen", 8.0, 139, "防晒乳=30ml,50ml 防晒喷雾=150ml 水感防晒霜=50g 隔离防晒=40ml,50ml"),
    ("护肤", "卸妆", "makeup_remover", 4.0, 109, "卸妆油=150ml,200ml 卸妆膏=90g 卸妆水=300ml,500ml 卸妆乳=150ml"),
    ("彩妆", "口红", "lipstick", 9.0, 159, "丝绒口红=01,02,03,05,07,10 雾面唇釉=01,02,05,08 水光唇釉=02,03,06 润唇膏=3g 唇泥=04,09"),
    ("彩妆", "粉底", "foundation", 5.0, 219, "持妆粉底液=自然色,象牙白,暖沙色 养肤粉底液=自然色,象牙白 气垫霜=自然色,象牙白 粉霜=暖沙色"),
    ("彩妆", "散粉", "powder", 2.5, 149, "控油散粉=8g,10g 蜜粉饼=8g,10g 定妆喷雾=60ml,100ml"),
    ("彩妆", "眼影", "eyeshadow", 2.5, 169, "九色眼影盘=暖茶,玫瑰,海棠,夜潮 四色眼影=暖茶,海棠 单色眼影=玫瑰,夜潮 眼线液笔=黑色,棕色"),
    ("彩妆", "腮红", "blush", 1.5, 119, "腮红膏=蜜桃,杏子,玫瑰 液体腮红=蜜桃,玫瑰 高光修容盘=自然,暖调"),
    ("彩妆", "眉笔", "eyebrow", 1.5, 79, "极细眉笔=灰棕,深棕,浅棕 染眉膏=深棕,浅棕 眉粉=灰棕,深棕"),
    ("香氛", "香水", "perfume", 3.0, 459, "淡香水=10ml,30ml,50ml 浓香水=30ml,50ml 香水小样=5ml"),
    ("香氛", "香薰", "home_fragrance", 1.5, 199, "香薰蜡烛=120g,200g 无火香薰=100ml,200ml 车载香薰=单支"),
    ("身体护理", "沐浴", "body_wash", 3.0, 79, "沐浴油=250ml,500ml 沐浴露=250ml,500ml 身体磨砂膏=200g"),
    ("身体护理", "身体乳", "body_lotion", 2.5, 99, "身体乳=200ml,250ml 身体精华油=100ml 香体乳=200ml"),
    ("身体护理", "护手霜", "hand_cream", 2.5, 59, "护手霜=30g,50g,75g 手膜=5双"),
    ("洗护发", "洗发水", "shampoo", 3.0, 99, "强韧洗发水=300ml,500ml 蓬松洗发水=300ml,500ml 去屑洗发水=300ml,500ml"),
    ("洗护发", "护发素", "conditioner", 2.0, 99, "柔顺护发素=200ml,300ml 发膜=200g,300g 护发精油=50ml,100ml"),
    ("男士", "男士护肤", "mens_care", 2.0, 129, "男士洁面=100g,120g 男士爽肤水=120ml,150ml 男士面霜=50g 男士套装=三件套"),
    ("美妆工具", "工具", "tools", 1.5, 69, "美妆蛋=单只,三只装 化妆刷=五支装,九支装 睫毛夹=单支 洁面仪=单台"),
    ("礼盒", "礼盒", "gift_set", 2.5, 599, "水乳礼盒=标准版,限量版 节日礼盒=限量版 旅行礼盒=五件套 香氛礼盒=标准版,限量版"),
)  # fmt: skip
MENS: Final = 21
SERIES: Final = (
    ("海盐", "Sea Salt"), ("深海", "Deep Sea"), ("潮汐", "Tidal"), ("珍珠", "Pearl"), ("海藻", "Seaweed"),
    ("白浪", "White Wave"), ("月汐", "Moon Tide"), ("珊瑚", "Coral"), ("晨雾", "Morning Mist"), ("屿光", "Isle Light"),
    ("积雪草", "Centella"), ("玻尿酸", "Hyaluronic"), ("烟酰胺", "Niacinamide"), ("神经酰胺", "Ceramide"),
    ("玫瑰", "Rose"), ("山茶花", "Camellia"), ("茉莉", "Jasmine"), ("雪松", "Cedar"),
)  # fmt: skip
EFFECTS: Final = (
    ("净澈", "Clear"), ("舒缓", "Calming"), ("亮颜", "Radiant"), ("紧致", "Firming"), ("水漾", "Dewy"),
    ("焕活", "Renewing"), ("控油", "Balancing"), ("修护", "Repairing"), ("清透", "Sheer"), ("丰盈", "Plumping"),
    ("柔润", "Soft"), ("凝时", "Timeless"),
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """Arrays by SKU number; SKUs are sorted by leaf category."""

    ids: list[str]
    names: list[str]
    names_en: list[str]
    brands: list[str]
    leaf: Ints
    price: Ints
    cost: Ints
    stock: Ints
    launch: Ints
    """Day of the world on which the SKU goes on sale; negative: before it."""
    weight: Floats
    cumulative: Floats
    """``cumulative[i]`` is the weight of all SKUs before ``i``; one entry longer than the others."""
    first: Ints
    """First SKU of each leaf; one entry longer than the leaves."""
    substitute: Ints
    """What sells instead before a SKU's launch."""

    def draw(self, drawn: Floats) -> Ints:
        """Return SKUs by popularity."""
        return choose(self.cumulative[1:], drawn)

    def draw_in(self, leaf: Ints, drawn: Floats) -> Ints:
        """Return SKUs by popularity within leaf categories."""
        low, high = self.cumulative[self.first[leaf]], self.cumulative[self.first[leaf + 1]]
        found = np.searchsorted(self.cumulative, low + drawn * (high - low), side="right") - 1
        return np.asarray(np.clip(found, self.first[leaf], self.first[leaf + 1] - 1))

    def on_sale(self, sku: Ints, day: Ints) -> Ints:
        """Replace SKUs that are not yet launched on ``day``."""
        return np.asarray(np.where(self.launch[sku] > day, self.substitute[sku], sku))

    def table(self, seasons: Seasons) -> pa.Table:
        """Return the items as they are imported."""
        launched = [seasons.dates[0] + timedelta(days=int(day)) for day in self.launch]
        return pa.table(
            {
                "item_id": self.ids,
                "item_name": self.names,
                "item_name_en": self.names_en,
                "item_category": [TREE[leaf][0] for leaf in self.leaf],
                "item_category2": [TREE[leaf][1] for leaf in self.leaf],
                "brand": self.brands,
                "price": self.price,
                "cost": self.cost,
                "stock": self.stock,
                "launched_on": pa.array(launched, pa.date32()),
            }
        )


def catalogue(dice: Dice, seasons: Seasons) -> Catalogue:
    """Make the goods."""
    number = np.arange(SKUS)
    shares = np.array([entry[3] for entry in TREE])
    edges = np.round(np.cumsum(shares) / shares.sum() * SKUS).astype(np.int64)
    first = np.concatenate([[0], edges])
    leaf = np.searchsorted(edges, number, side="right").astype(np.int64)
    typical = np.array([entry[4] for entry in TREE])[leaf]
    price = np.maximum(np.round(typical * np.exp(0.35 * dice.normal("price", number)) / 10) * 10 - 1, 19)
    price = price.astype(np.int64) * 100
    cost = (price * (0.16 + 0.2 * dice.uniform("cost", number))).astype(np.int64)
    rank = np.argsort(np.argsort(dice.uniform("rank", number))) + 3.0
    weight = shares[leaf] / np.diff(first)[leaf] * rank**-0.8
    cumulative = np.concatenate([[0.0], np.cumsum(weight)])
    new = dice.chance("is new", 0.08, number)
    new[first[:-1]] = False
    launch = np.where(new, dice.below("launch", seasons.days, number), -30 - dice.below("age", 900, number))
    names, names_en = _names(dice, leaf)
    return Catalogue(
        ids=[f"TC{10_000 + one}" for one in number],
        names=names,
        names_en=names_en,
        brands=[
            BRANDS[-1] if kind == MENS else BRANDS[one]
            for kind, one in zip(leaf, dice.below("brand", 5, number), strict=True)
        ],
        leaf=leaf,
        price=price,
        cost=cost,
        stock=(weight / weight.mean() * 260 * (0.3 + 1.4 * dice.uniform("stock", number))).astype(np.int64),
        launch=launch,
        weight=weight,
        cumulative=cumulative,
        first=first,
        substitute=first[leaf],
    )


def _names(dice: Dice, leaf: Ints) -> tuple[list[str], list[str]]:
    seen: dict[str, int] = {}
    names, names_en = [], []
    draws = dice.word("name", np.arange(len(leaf))).tolist()
    for kind, drawn in zip(leaf.tolist(), draws, strict=True):
        forms = TREE[kind][5].split()
        series, effect = SERIES[drawn % len(SERIES)], EFFECTS[(drawn >> 8) % len(EFFECTS)]
        form, _, sizes = forms[(drawn >> 16) % len(forms)].partition("=")
        size = sizes.split(",")[(drawn >> 24) % (sizes.count(",") + 1)]
        stem = f"{series[0]}{effect[0]}{form} {size}"
        again = seen[stem] = seen.get(stem, 0) + 1
        names.append(stem if again == 1 else f"{stem} 第{again}代")
        plain = TREE[kind][2].replace("_", " ").title()
        stem = f"{series[1]} {effect[1]} {plain}" + (f" {size}" if size.isascii() else "")
        names_en.append(stem if again == 1 else f"{stem} Gen {again}")
    return names, names_en
