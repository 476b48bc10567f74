export type SnippetLanguage = "web" | "mp" | "curl" | "javascript" | "python";

/** Code that sends one purchase to a source; it runs as it stands. Its remarks are in the reader's language. */
export function snippet(language: SnippetLanguage, url: string, key: string, spoken: "en" | "zh"): string {
  const say = (en: string, zh: string) => (spoken === "zh" ? zh : en);
  switch (language) {
    case "web":
      return `<script async src="${url}/tw.js" data-key="${key}"></script>
<script>
  // ${say("Pages, clicks, slots and shares are recorded by themselves. What only the shop knows:", "页面、点击、资源位和分享自动采集，以下是只有店铺知道的：")}
  window.tw = window.tw || [];
  tw.push(["identify", "u1001", { member_level: "gold" }]);
  tw.push(["purchase", {
    order_id: "SO1001", value: 29950, currency: "CNY",
    items: [{ item_id: "SKU1", item_name: "${say("Serum 30 ml", "精华液 30ml")}", price: 29950, quantity: 1 }],
  }]);
</script>`;
    case "mp":
      return `// ${say("app.js, before App(…). Put", "app.js，写在 App(…) 之前。下载")} ${url}/tw.mp.js ${say("into the project and", "到项目里，")}
// ${say(`${url} among the request domains of the mini program.`, `并把 ${url} 加入小程序的 request 合法域名。`)}
const { start } = require("./tw.mp.js");
const tw = start({ key: "${key}", url: "${url}" });

App({ tw });

// ${say("After wx.login:     ", "wx.login 之后：")} tw.openid(openid, unionid)
// ${say("After an order:     ", "下单之后：     ")} tw.purchase({ order_id: "SO1001", value: 29950, items: [{ item_id: "SKU1", price: 29950, quantity: 1 }] })`;
    case "curl":
      return `curl ${url}/v1/events \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "events": [{
      "event": "purchase",
      "who": {"user": "u1001", "phone": "+8613800138000"},
      "properties": {"order_id": "SO1001", "value": 29950, "currency": "CNY", "channel": "official_account"},
      "items": [{"item_id": "SKU1", "item_name": "${say("Serum 30 ml", "精华液 30ml")}", "price": 29950, "quantity": 1}]
    }]
  }'`;
    case "javascript":
      return `await fetch("${url}/v1/events", {
  method: "POST",
  headers: {
    "Authorization": "Bearer ${key}",
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    events: [{
      event: "view_item",
      time: Date.now(),
      who: { device: "d-7f3a91" },
      properties: { platform: "web", channel: "natural" },
      items: [{ item_id: "SKU1", item_name: "${say("Serum 30 ml", "精华液 30ml")}", price: 29950 }],
    }],
  }),
  keepalive: true,
});`;
    case "python":
      return `import json
import urllib.request

event = {
    "event": "purchase",
    "time": "2026-11-21T10:00:00+08:00",
    "who": {"member_card": "M1001", "phone": "+8613800138000"},
    "properties": {"order_id": "SO1001", "value": 29950, "currency": "CNY", "store_id": "HZ-001"},
    "items": [{"item_id": "SKU1", "item_name": "${say("Serum 30 ml", "精华液 30ml")}", "price": 29950, "quantity": 1}],
}
request = urllib.request.Request(
    "${url}/v1/events",
    data=json.dumps({"events": [event]}).encode(),
    headers={"Authorization": "Bearer ${key}", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())`;
  }
}

/** Code of a vendor's client with this server's address and the key of a source. */
export function filled(code: string, url: string, key: string): string {
  return code.replaceAll("{address}", `${url}/in/${key}`).replaceAll("{key}", key);
}
