/** A small beauty shop for looking at pages. */
import type { ServerResponse } from "node:http";

const DAY = 86_400_000;
let seed = 7;
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const iso = (ms: number): string => new Date(ms).toISOString();
const now = Date.now();

export const session = {
  user: { id: "u1", email: "lin@chaosheng.example", name: "林知夏", admin: true, language: "zh-CN" },
  csrf_token: "t",
  projects: [
    {
      id: "demo",
      name: "潮生 TIDEBORN",
      role: "owner",
      time_zone: "Asia/Shanghai",
      currency: "CNY",
      week_start: 0,
    },
    {
      id: "hair",
      name: "潮生 · 发研所",
      role: "editor",
      time_zone: "Asia/Shanghai",
      currency: "CNY",
      week_start: 0,
    },
  ],
};

const NAMES = [
  "陈语桐",
  "王若曦",
  "李沐宸",
  "周芷晴",
  "赵一诺",
  "吴梓萱",
  "徐静怡",
  "孙艺涵",
  "朱雨欣",
  "马思远",
  "胡安琪",
  "林晚晴",
  "何书瑶",
  "高雅楠",
];
const CITIES = ["杭州", "上海", "成都", "宁波", "广州", "南京", "苏州", "武汉"];
const GOODS = [
  ["SKU1042", "潮汐修护精华 30ml", 39900],
  ["SKU0877", "海盐氨基酸洁面 120g", 12900],
  ["SKU1310", "晨雾防晒乳 SPF50+ 50ml", 18900],
  ["SKU0031", "夜潮面膜 5 片装", 9900],
  ["SKU0456", "珊瑚丝绒唇釉 #07 落日", 14900],
  ["SKU2001", "深海保湿霜 50g 补充装", 26900],
  ["SKU1544", "旅行套装 · 六件", 29900],
  ["SKU0620", "贝母高光盘", 16900],
] as const;
const EVENTS: [string, string, string, number][] = [
  ["page_view", "Page view", "浏览页面", 412_334],
  ["view_item_list", "View item list", "浏览商品列表", 188_202],
  ["view_item", "View item", "浏览商品", 156_770],
  ["slot_view", "Slot view", "资源位曝光", 98_120],
  ["search", "Search", "搜索", 44_106],
  ["add_to_cart", "Add to cart", "加入购物车", 39_844],
  ["begin_checkout", "Begin checkout", "去结算", 21_530],
  ["purchase", "Purchase", "支付成功", 14_208],
  ["share", "Share", "分享", 9_640],
  ["coupon_claim", "Claim coupon", "领取优惠券", 18_077],
  ["coupon_redeem", "Redeem coupon", "核销优惠券", 6_221],
  ["live_enter", "Enter live show", "进入直播间", 17_400],
  ["sign_up", "Sign up", "注册", 7_311],
  ["refund", "Refund", "退款", 912],
];
const PROPERTIES: [string, string, string, unknown[]][] = [
  ["channel", "event", "text", ["natural", "official_account", "media"]],
  ["platform", "event", "text", ["mini_program", "app", "web"]],
  ["value", "event", "number", [29950, 39900, 12900]],
  ["order_id", "event", "text", ["SO202611210001"]],
  ["coupon_id", "event", "text", ["C618-50", "NEW-20"]],
  ["search_term", "event", "text", ["防晒", "精华", "礼盒"]],
  ["store_id", "event", "text", ["HZ-001", "SH-014"]],
  ["item_id", "item", "text", ["SKU1042", "SKU0877"]],
  ["item_name", "item", "text", ["潮汐修护精华 30ml"]],
  ["item_category", "item", "text", ["护肤/精华"]],
  ["price", "item", "number", [39900]],
  ["quantity", "item", "number", [1, 2]],
  ["name", "person", "text", ["陈语桐"]],
  ["city", "person", "text", ["杭州"]],
  ["member_level", "person", "text", ["金卡", "银卡"]],
  ["tags", "person", "list", [["敏感肌", "送礼"]]],
];
export const schema = {
  events: EVENTS.map(([name, en, zh, count]) => ({
    name,
    title: { en, zh },
    count,
    first_seen: iso(now - 180 * DAY),
    last_seen: iso(now - 40_000),
    daily: Array.from({ length: 14 }, (_, day) =>
      Math.round((count / 180) * (0.7 + 0.5 * random() + (day === 10 ? 0.9 : 0))),
    ),
    properties: ["channel", "platform", ...(name === "purchase" ? ["value", "order_id", "coupon_id"] : [])],
  })),
  properties: PROPERTIES.map(([name, scope, kind, samples]) => ({
    name,
    scope,
    kind,
    count: Math.round(20_000 + random() * 500_000),
    events: scope === "person" ? [] : ["view_item", "add_to_cart", "purchase"],
    samples,
  })),
};
export const values = (property: string) => ({
  values: (PROPERTIES.find(([name]) => name === property)?.[3] ?? []).map((value, index) => ({
    value,
    count: 9000 - index * 2200,
  })),
});
export const samples = (name: string) => ({
  events: Array.from({ length: 5 }, (_, index) => ({
    event: name,
    time: iso(now - index * 47_000),
    who: { openid: `wx8f2/o${Math.floor(random() * 1e9).toString(36)}` },
    properties: { channel: "natural", platform: "mini_program" },
  })),
});

function rowOf(index: number) {
  const orders = Math.floor(random() * 6);
  return {
    id: `p${(1000 + index).toString(36)}k3m9x2`,
    name: index % 4 === 3 ? null : NAMES[index % NAMES.length]!,
    identifiers:
      index % 4 === 3
        ? [{ type: "device", value: `d-${(88_000 + index * 37).toString(36)}f0` }]
        : [
            { type: "phone", value: "138****2741" },
            { type: "openid", value: "wx8f2/oA…" },
          ],
    first_seen: iso(now - Math.floor(random() * 170) * DAY),
    last_seen: iso(now - Math.floor(random() * 40 * 3_600_000)),
    orders,
    revenue: orders ? orders * 21_950 : null,
    city: index % 3 === 2 ? null : pick(CITIES),
  };
}
const everyone = Array.from({ length: 400 }, (_, index) => rowOf(index));
export function people(q: string, offset: number, limit: number) {
  const found = q
    ? everyone.filter(
        (row) =>
          row.name?.includes(q) ||
          row.id.includes(q) ||
          row.identifiers.some((each) => each.value.includes(q)),
      )
    : everyone;
  return { total: q ? found.length : 17_032, people: found.slice(offset, offset + limit) };
}
export function person(id: string) {
  return {
    id,
    name: "陈语桐",
    identifiers: [
      {
        type: "user",
        value: "u_20488",
        first_seen: iso(now - 96 * DAY),
        last_seen: iso(now - 3_600_000),
        events: 214,
      },
      {
        type: "phone",
        value: "+8613857102741",
        first_seen: iso(now - 96 * DAY),
        last_seen: iso(now - 6 * DAY),
        events: 3,
      },
      {
        type: "member_card",
        value: "TB00920188",
        first_seen: iso(now - 60 * DAY),
        last_seen: iso(now - 12 * DAY),
        events: 4,
      },
      {
        type: "unionid",
        value: "o6_bmasdasdsad6_2sgVt7hMZOPfL",
        first_seen: iso(now - 140 * DAY),
        last_seen: iso(now - 3_600_000),
        events: 58,
      },
      {
        type: "openid",
        value: "wx8f2c/oABC7x1",
        first_seen: iso(now - 140 * DAY),
        last_seen: iso(now - 3_600_000),
        events: 131,
      },
      {
        type: "device",
        value: "d-7f3a91",
        first_seen: iso(now - 140 * DAY),
        last_seen: iso(now - 2 * DAY),
        events: 88,
      },
    ],
    links: [
      {
        a: "device:d-7f3a91",
        b: "openid:wx8f2c/oABC7x1",
        source: "login",
        time: iso(now - 140 * DAY),
        in_force: true,
        reason: null,
      },
      {
        a: "openid:wx8f2c/oABC7x1",
        b: "unionid:o6_bmasdasdsad6_2sgVt7hMZOPfL",
        source: "login",
        time: iso(now - 140 * DAY),
        in_force: true,
        reason: null,
      },
      {
        a: "openid:wx8f2c/oABC7x1",
        b: "user:u_20488",
        source: "sign_up",
        time: iso(now - 96 * DAY),
        in_force: true,
        reason: null,
      },
      {
        a: "user:u_20488",
        b: "phone:+8613857102741",
        source: "sign_up",
        time: iso(now - 96 * DAY),
        in_force: true,
        reason: null,
      },
      {
        a: "user:u_20488",
        b: "member_card:TB00920188",
        source: "purchase",
        time: iso(now - 60 * DAY),
        in_force: true,
        reason: null,
      },
      {
        a: "device:d-7f3a91",
        b: "user:u_31007",
        source: "login",
        time: iso(now - 21 * DAY),
        in_force: false,
        reason: "limit_user",
      },
    ],
    properties: {
      name: { value: "陈语桐", kind: "text", time: iso(now - 96 * DAY) },
      city: { value: "杭州", kind: "text", time: iso(now - 30 * DAY) },
      member_level: { value: "金卡", kind: "text", time: iso(now - 12 * DAY) },
      birthday_month: { value: 5, kind: "number", time: iso(now - 96 * DAY) },
      wecom_friend: { value: true, kind: "flag", time: iso(now - 80 * DAY) },
      tags: { value: ["敏感肌", "送礼", "双11 预售"], kind: "list", time: iso(now - 9 * DAY) },
    },
    first_seen: iso(now - 140 * DAY),
    last_seen: iso(now - 3_600_000),
    events: 498,
    orders: 7,
    revenue: 218_650,
  };
}
export function timeline(before: string | null, name: string | null) {
  const start = before ? Number(before) : 0;
  const events = Array.from({ length: 40 }, (_, index) => {
    const at = start + index;
    const kind =
      name ??
      (at % 13 === 5
        ? "purchase"
        : pick(["page_view", "view_item", "view_item", "add_to_cart", "search", "live_enter"]));
    const goods = GOODS[at % GOODS.length]!;
    const withItems = ["view_item", "add_to_cart", "purchase"].includes(kind);
    return {
      id: `e${at}`,
      name: kind,
      time: iso(now - 3_600_000 - Math.floor(at / 7) * 21 * 3_600_000 - (at % 7) * 95_000),
      actor: at % 5 === 0 ? "device:d-7f3a91" : "openid:wx8f2c/oABC7x1",
      source: "小程序",
      properties: {
        channel: pick(["natural", "official_account", "media"]),
        platform: "mini_program",
        ...(kind === "purchase" ? { order_id: `SO2026112100${at}`, value: goods[2], currency: "CNY" } : {}),
        ...(kind === "search" ? { search_term: "防晒" } : {}),
        ...(kind === "page_view" ? { page: "/pages/home/index" } : {}),
      },
      items: withItems ? [{ item_id: goods[0], item_name: goods[1], price: goods[2], quantity: 1 }] : [],
    };
  });
  return { events, next: start < 160 ? String(start + 40) : null };
}

const open = (event: string) => ({
  kind: "trends",
  params: { series: [{ step: { any_of: [{ event }] }, measure: { kind: "people" } }], grain: "total" },
  cell: { series: 0 },
});
export function home(asked: string | null) {
  const today = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10);
  const day = asked ?? today;
  const before = new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
  const hourNow = day === today ? new Date(now + 8 * 3_600_000).getUTCHours() : 23;
  const shape = (hour: number, scale: number, shift: number) =>
    Math.round(
      scale *
        (0.15 + Math.exp(-((hour - 12 + shift) ** 2) / 18) * 0.7 + Math.exp(-((hour - 21) ** 2) / 6)) *
        (0.92 + ((hour * 7919) % 17) / 100),
    );
  return {
    day,
    compared_day: before,
    until: day === today ? iso(now - 1500) : null,
    figures: [
      {
        key: "visitors",
        title: { en: "Visitors", zh: "访客" },
        value: 12_846,
        compared: 11_932,
        change: 0.0766,
        format: "count",
        open: open("page_view"),
      },
      {
        key: "buyers",
        title: { en: "Buyers", zh: "买家" },
        value: 611,
        compared: 648,
        change: -0.0571,
        format: "count",
        open: open("purchase"),
      },
      {
        key: "orders",
        title: { en: "Orders", zh: "订单" },
        value: 664,
        compared: 690,
        change: -0.0377,
        format: "count",
        open: open("purchase"),
      },
      {
        key: "gmv",
        title: { en: "GMV", zh: "GMV" },
        value: 18_234_950,
        compared: 16_908_000,
        change: 0.0785,
        format: "money",
        open: open("purchase"),
      },
      {
        key: "net_sales",
        title: { en: "Net sales", zh: "净销售额" },
        value: 17_620_100,
        compared: 16_112_000,
        change: 0.0936,
        format: "money",
        open: open("purchase"),
      },
      {
        key: "conversion",
        title: { en: "Conversion", zh: "转化率" },
        value: 0.0476,
        compared: 0.0543,
        change: -0.1234,
        format: "percent",
        open: open("purchase"),
      },
      {
        key: "average_order",
        title: { en: "Average order", zh: "客单价" },
        value: 29_844,
        compared: null,
        change: null,
        format: "money",
        open: null,
      },
    ],
    hours: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      visitors: hour <= hourNow ? shape(hour, 900, 0) : null,
      orders: hour <= hourNow ? shape(hour, 50, 1) : null,
      gmv: hour <= hourNow ? shape(hour, 1_400_000, 1) : null,
      compared_visitors: shape(hour, 860, 1),
      compared_orders: shape(hour, 52, 0),
      compared_gmv: shape(hour, 1_250_000, 0),
    })),
    channels: [
      ["natural", 4210, 182, 5_430_000],
      ["official_account", 3120, 171, 4_982_000],
      ["media", 2840, 88, 2_410_000],
      ["chat", 1320, 96, 3_105_000],
      ["live", 890, 52, 1_720_000],
      ["fission", 366, 17, 430_000],
      [null, 100, 5, 158_000],
    ].map(([channel, visitors, buyers, gmv]) => ({
      channel,
      visitors,
      buyers,
      gmv,
      open: open("page_view"),
      open_buyers: open("purchase"),
    })),
    goods: GOODS.map(([item_id, item_name, price], index) => ({
      item_id,
      item_name,
      quantity: 142 - index * 16,
      gmv: (142 - index * 16) * price,
      buyers: 130 - index * 15,
      open: open("purchase"),
    })),
    new_people: 3_910,
    returning_people: 8_936,
  };
}

export function live(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  const minutes = Array.from({ length: 60 }, (_, index) =>
    Math.round(90 + 40 * Math.sin(index / 5) + random() * 30),
  );
  const pulse = () => response.write(`event: pulse\ndata: ${JSON.stringify({ per_minute: minutes })}\n\n`);
  pulse();
  const timer = setInterval(() => {
    const [name] = pick(EVENTS);
    minutes[59]! += 1;
    const goods = pick(GOODS);
    const fact = {
      time: iso(Date.now()),
      name,
      actor: `openid:wx8f2/o${Math.floor(random() * 1e6).toString(36)}***`,
      source: pick(["小程序", "官网", "门店 POS"]),
      properties: {
        channel: pick(["natural", "media", "chat"]),
        platform: "mini_program",
        ...(name === "purchase" ? { value: goods[2] } : {}),
      },
      items_count: name.includes("item") || name === "purchase" ? 1 : 0,
    };
    response.write(`event: fact\ndata: ${JSON.stringify(fact)}\n\n`);
    if (random() < 0.2) pulse();
  }, 450);
  response.on("close", () => clearInterval(timer));
}

export const sources = [
  {
    id: "s1",
    name: "小程序",
    kind: "mini_program",
    write_key: "twk_9xk2m7q4d8s1v6b3",
    events_24h: 48_213,
    last_event_at: iso(now - 2_000),
    enabled: true,
  },
  {
    id: "s2",
    name: "官网商城",
    kind: "web",
    write_key: "twk_1m3n5b7v9c2x4z6l",
    events_24h: 11_090,
    last_event_at: iso(now - 41_000),
    enabled: true,
  },
  {
    id: "s3",
    name: "门店 POS",
    kind: "server",
    write_key: "twk_7h5g3f1d2s4a6p8o",
    events_24h: 1_204,
    last_event_at: iso(now - 9 * 60_000),
    enabled: true,
  },
  {
    id: "s4",
    name: "旧 App",
    kind: "app",
    write_key: "twk_0q8w6e4r2t1y3u5i",
    events_24h: 0,
    last_event_at: iso(now - 31 * DAY),
    enabled: false,
  },
];
const REJECTED = [
  [
    "time_in_future",
    "time",
    "时间在未来：2027-03-01 10:00。",
    "检查设备时钟；超过 24 小时的未来时间不会被接收。",
  ],
  ["not_money", "properties.value", "“两百”不是金额。", "请用整数分，例如 29950。"],
  ["missing_event_name", "event", "缺少事件名。", "每条事件都要有 event 字段。"],
  [
    "missing_identifier",
    "who",
    "不知道是谁：没有任何标识。",
    "至少给出 device、openid、user 或 phone 中的一个。",
  ],
];
export function rejected(code: string | null) {
  const items = Array.from({ length: 24 }, (_, index) => {
    const [reason, field, message, hint] = REJECTED[index % REJECTED.length]!;
    return {
      id: `r${index}`,
      received: iso(now - index * 8 * 60_000),
      source: pick(["小程序", "门店 POS"]),
      code: reason,
      field,
      message,
      hint,
      body: {
        event: "purchase",
        time: "2027-03-01T10:00:00+08:00",
        who: { device: "d-1" },
        properties: { value: "两百" },
      },
    };
  }).filter((item) => !code || item.code === code);
  return {
    total: code ? items.length : 137,
    by_code: REJECTED.map(([reason], index) => ({ code: reason, count: [71, 38, 20, 8][index] })),
    items,
  };
}
export const imports = [
  {
    id: "i1",
    kind: "orders",
    file: "天猫订单_2026-11.csv",
    started_at: iso(now - 2 * DAY),
    finished_at: iso(now - 2 * DAY),
    by: "林知夏",
    error: null,
    result: {
      rows: 48_201,
      accepted: 48_120,
      rejected: 14,
      duplicates: 67,
      problems: [],
      first_time: null,
      last_time: null,
    },
  },
  {
    id: "i2",
    kind: "items",
    file: "商品目录.xlsx",
    started_at: iso(now - 9 * DAY),
    finished_at: iso(now - 9 * DAY),
    by: "林知夏",
    error: null,
    result: {
      rows: 2_000,
      accepted: 2_000,
      rejected: 0,
      duplicates: 0,
      problems: [],
      first_time: null,
      last_time: null,
    },
  },
];
export const preview = {
  upload_id: "up1",
  format: "csv",
  encoding: "gb18030",
  columns: [
    { name: "下单时间", kind: "time", samples: ["2026-11-11 00:03:12", "2026/11/11 0:04"], missing: 0 },
    { name: "会员手机", kind: "text", samples: ["13857102741", "13612345678"], missing: 0.003 },
    { name: "订单编号", kind: "text", samples: ["SO1", "SO2"], missing: 0 },
    { name: "实付金额", kind: "number", samples: ["299.50", "129"], missing: 0 },
    { name: "商品编码", kind: "text", samples: ["SKU1042", "SKU0877"], missing: 0 },
    { name: "数量", kind: "number", samples: ["1", "2"], missing: 0 },
    { name: "备注", kind: "text", samples: ["请包装精美一点"], missing: 0.97 },
  ],
  guess: {
    who: { phone: "会员手机" },
    when: "下单时间",
    zone: "Asia/Shanghai",
    items: { item_id: "商品编码", quantity: "数量" },
    fields: { order_id: "订单编号", value: "实付金额" },
    money: { 实付金额: "yuan" },
  },
  rows_sample: [
    {
      下单时间: "2026-11-11 00:03:12",
      会员手机: "13857102741",
      订单编号: "SO1",
      实付金额: "299.50",
      商品编码: "SKU1042",
      数量: "1",
      备注: "请包装精美一点",
    },
    {
      下单时间: "2026/11/11 0:04",
      会员手机: "13612345678",
      订单编号: "SO2",
      实付金额: "129",
      商品编码: "SKU0877",
      数量: "2",
      备注: "",
    },
  ],
  problems: [
    {
      row: 218,
      field: "会员手机",
      code: "missing_identifier",
      message: "第 218 行没有手机号。",
      hint: "这些行会被记为被拒数据，补齐后可重放。",
    },
  ],
};
export const summary = {
  rows: 4_212,
  accepted: 4_180,
  rejected: 12,
  duplicates: 20,
  problems: preview.problems,
  first_time: iso(now - 40 * DAY),
  last_time: iso(now - DAY),
};

export const users = [
  {
    id: "u1",
    email: "lin@chaosheng.example",
    name: "林知夏",
    admin: true,
    roles: { demo: "owner", hair: "owner" },
  },
  { id: "u2", email: "yu@chaosheng.example", name: "余航", admin: false, roles: { demo: "editor" } },
  {
    id: "u3",
    email: "store-hz@chaosheng.example",
    name: "杭州大厦店",
    admin: false,
    roles: { demo: "viewer" },
  },
];
export const tokens = [
  {
    id: "t1",
    name: "nightly-report",
    scopes: ["read"],
    project: "demo",
    created_at: iso(now - 40 * DAY),
    expires_at: iso(now + 50 * DAY),
    last_used_at: iso(now - 3_600_000),
  },
  {
    id: "t2",
    name: "ERP",
    scopes: ["read", "write"],
    project: null,
    created_at: iso(now - 90 * DAY),
    expires_at: null,
    last_used_at: null,
  },
];

export interface Board {
  id: string;
  name: string;
  tiles: {
    id: string;
    title: string;
    kind: string;
    params: Record<string, unknown>;
    view: string | null;
    x: number;
    y: number;
    w: number;
    h: number;
  }[];
  updated_at: string;
}
const trend = (event: string) => ({
  series: [{ step: { any_of: [{ event }] }, measure: { kind: "people" } }],
  period: { last: 30, unit: "day" },
});
export const boards: Board[] = [
  {
    id: "b1",
    name: "双11 作战室",
    updated_at: iso(now - 3_600_000),
    tiles: [
      {
        id: "a",
        title: "每日买家",
        kind: "trends",
        params: trend("purchase"),
        view: "line",
        x: 0,
        y: 0,
        w: 6,
        h: 8,
      },
      {
        id: "b",
        title: "浏览 → 购买",
        kind: "funnel",
        params: trend("view_item"),
        view: null,
        x: 6,
        y: 0,
        w: 6,
        h: 8,
      },
      {
        id: "c",
        title: "新客 7 日留存",
        kind: "retention",
        params: trend("sign_up"),
        view: null,
        x: 0,
        y: 8,
        w: 8,
        h: 8,
      },
      {
        id: "d",
        title: "领券人数",
        kind: "trends",
        params: trend("coupon_claim"),
        view: "line",
        x: 8,
        y: 8,
        w: 4,
        h: 8,
      },
    ],
  },
  { id: "b2", name: "周会", updated_at: iso(now - 5 * DAY), tiles: [] },
];
