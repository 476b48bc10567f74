export type SnippetLanguage = "web" | "mp" | "curl" | "javascript" | "python";

/** Code that sends one purchase to a source; it runs as it stands. */
export function snippet(language: SnippetLanguage, url: string, key: string): string {
  switch (language) {
    case "web":
      return `<script async src="${url}/tw.js" data-key="${key}"></script>
<script>
  // Pages, clicks, slots and shares are recorded by themselves. What only the shop knows:
  window.tw = window.tw || [];
  tw.push(["identify", "u1001", { member_level: "gold" }]);
  tw.push(["purchase", {
    order_id: "SO1001", value: 29950, currency: "CNY",
    items: [{ item_id: "SKU1", item_name: "Serum 30 ml", price: 29950, quantity: 1 }],
  }]);
</script>`;
    case "mp":
      return `// app.js, before App(…). Put ${url}/tw.mp.js into the project and
// ${url} among the request domains of the mini program.
const { start } = require("./tw.mp.js");
const tw = start({ key: "${key}", url: "${url}" });

App({ tw });

// After wx.login:      tw.openid(openid, unionid)
// After an order:      tw.purchase({ order_id: "SO1001", value: 29950, items: [{ item_id: "SKU1", price: 29950, quantity: 1 }] })`;
    case "curl":
      return `curl ${url}/v1/events \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "events": [{
      "event": "purchase",
      "who": {"user": "u1001", "phone": "+8613800138000"},
      "properties": {"order_id": "SO1001", "value": 29950, "currency": "CNY", "channel": "official_account"},
      "items": [{"item_id": "SKU1", "item_name": "Serum 30 ml", "price": 29950, "quantity": 1}]
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
      items: [{ item_id: "SKU1", item_name: "Serum 30 ml", price: 29950 }],
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
    "items": [{"item_id": "SKU1", "item_name": "Serum 30 ml", "price": 29950, "quantity": 1}],
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
