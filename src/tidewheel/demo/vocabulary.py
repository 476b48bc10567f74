"""Codes and plain words of the world: channels, platforms, kinds of people, places, names."""

from __future__ import annotations

from typing import Final

CHANNELS: Final = ("natural", "paid", "official_account", "chat", "fission", "live", "media", "other")
NATURAL, PAID, OFFICIAL, CHAT, FISSION, LIVE, MEDIA, OTHER = range(8)
PLATFORMS: Final = ("mini_program", "web", "app", "store")
MINI, WEB, APP, STORE = range(4)
KINDS: Final = ("one_visit", "casual", "regular", "fan", "whale")
ONE_VISIT, CASUAL, REGULAR, FAN, WHALE = range(5)
SOURCES: Final = ("mini-program", "web-shop", "app", "pos", "official-account", "wecom", "crm")
LEVELS: Final = ("普通会员", "银卡会员", "金卡会员", "黑金会员")
LEVEL_SPEND: Final = (0, 100_000, 300_000, 1_000_000)
"""Fen spent in the world from which a level is reached."""

# city, province, weight
CITIES: Final = (
    ("上海", "上海", 10.0), ("杭州", "浙江", 9.0), ("北京", "北京", 8.0), ("深圳", "广东", 7.0),
    ("广州", "广东", 7.0), ("成都", "四川", 6.0), ("南京", "江苏", 5.0), ("武汉", "湖北", 4.5),
    ("苏州", "江苏", 4.5), ("重庆", "重庆", 4.0), ("西安", "陕西", 3.5), ("宁波", "浙江", 3.0),
    ("长沙", "湖南", 3.0), ("天津", "天津", 2.5), ("青岛", "山东", 2.5), ("厦门", "福建", 2.5),
    ("郑州", "河南", 2.5), ("合肥", "安徽", 2.0), ("无锡", "江苏", 2.0), ("福州", "福建", 1.8),
    ("济南", "山东", 1.8), ("佛山", "广东", 1.8), ("东莞", "广东", 1.8), ("沈阳", "辽宁", 1.5),
    ("大连", "辽宁", 1.5), ("昆明", "云南", 1.5), ("温州", "浙江", 1.5), ("绍兴", "浙江", 1.2),
    ("南昌", "江西", 1.2), ("哈尔滨", "黑龙江", 1.2), ("南宁", "广西", 1.0), ("贵阳", "贵州", 1.0),
    ("嘉兴", "浙江", 1.0), ("金华", "浙江", 1.0), ("泉州", "福建", 1.0), ("常州", "江苏", 1.0),
    ("太原", "山西", 0.8), ("石家庄", "河北", 0.8), ("海口", "海南", 0.6), ("兰州", "甘肃", 0.5),
)  # fmt: skip
STORE_CITIES: Final = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8,
                       9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)  # fmt: skip
"""City of each of the 40 stores."""
MALLS: Final = (
    "万象城",
    "银泰",
    "大悦城",
    "万达广场",
    "龙湖天街",
    "来福士",
    "IFS",
    "K11",
    "太古里",
    "印象城",
)

SURNAMES: Final = tuple("王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余")
GIVEN_FEMALE: Final = (
    "雨桐",
    "梓涵",
    "欣怡",
    "诗涵",
    "思琪",
    "佳怡",
    "语嫣",
    "静怡",
    "晓雯",
    "婉清",
    "若曦",
    "梦瑶",
    "雪儿",
    "嘉宁",
    "可馨",
    "一诺",
    "芷若",
    "紫萱",
    "晨曦",
    "慧敏",
    "丽娜",
    "海燕",
    "小雨",
    "文静",
    "婷婷",
    "丹丹",
    "玲",
    "敏",
    "静",
    "洁",
    "颖",
    "倩",
    "悦",
    "琳",
    "瑶",
    "佳",
    "欣",
    "雯",
    "璐",
    "薇",
)
GIVEN_MALE: Final = (
    "浩然",
    "子轩",
    "宇航",
    "俊杰",
    "明哲",
    "志强",
    "建国",
    "文博",
    "天佑",
    "一鸣",
    "泽宇",
    "嘉豪",
    "伟",
    "磊",
    "涛",
    "鹏",
    "超",
    "杰",
    "斌",
    "宇",
)

SCENES: Final = {NATURAL: "1089", PAID: "1045", OFFICIAL: "1058", CHAT: "1008", FISSION: "1007",
                 LIVE: "1177", MEDIA: "1013", OTHER: "1011"}  # fmt: skip
"""WeChat scene values of the entry into the mini program."""
USER_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; HUAWEI Mate 70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
)
BOT_AGENTS: Final = (
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)",
    "python-requests/2.32.3",
)
SLOTS: Final = (
    ("home_banner_1", "首页轮播第一帧", 0.115), ("home_banner_2", "首页轮播第二帧", 0.062),
    ("home_icon_new", "金刚区·新品", 0.048), ("home_icon_live", "金刚区·直播", 0.041),
    ("home_floor_hot", "热卖楼层", 0.055), ("home_popup", "首页弹窗", 0.031),
)  # fmt: skip
"""Home slots: id, name, probability that one who sees it clicks it."""
