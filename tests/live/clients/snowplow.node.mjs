import { buildEcommerceTransaction, buildEcommerceTransactionItem, buildPageView, buildSelfDescribingEvent, buildStructEvent } from "@snowplow/tracker-core";
import { newTracker } from "@snowplow/node-tracker";

const { me, address } = JSON.parse(process.argv[2]);
const tracker = newTracker({ namespace: "sp", appId: "shop", encodeBase64: true }, { endpoint: address, bufferSize: 10 });
tracker.setUserId(`u1-${me}`);
tracker.setDomainUserId(`d1-${me}`);
const vip = [{ schema: "iglu:com.acme/member/jsonschema/1-0-0", data: { vip: true } }];
tracker.track(buildPageView({ pageUrl: "https://shop.example/goods?a=1", pageTitle: "商品" }), vip);
tracker.track(buildStructEvent({ category: "shop", action: "add-to-basket", label: "A1", value: 2 }));
tracker.track(buildSelfDescribingEvent({ event: { schema: "iglu:com.acme/look/jsonschema/1-0-0", data: { article: "A1" } } }));
tracker.track(buildEcommerceTransaction({ orderId: "SO1", total: 299.5, currency: "CNY" }));
tracker.track(buildEcommerceTransactionItem({ orderId: "SO1", sku: "A1", name: "裙", price: 299.5, quantity: 1 }));
tracker.flush();
await new Promise((resolve) => process.once("beforeExit", resolve));
