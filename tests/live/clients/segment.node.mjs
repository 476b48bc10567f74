import { Analytics } from "@segment/analytics-node";

const { me, address, key } = JSON.parse(process.argv[2]);
const analytics = new Analytics({ host: address, writeKey: key, flushAt: 20 });
analytics.identify({ userId: `u1-${me}`, anonymousId: `a1-${me}`, traits: { email: "a@b.c", level: "gold" } });
analytics.track({
  userId: `u1-${me}`, event: "Order Completed",
  properties: { order_id: "SO1", total: 299.5, products: [{ product_id: "A1", name: "裙", price: 299.5, quantity: 1 }] },
});
await analytics.closeAndFlush();
