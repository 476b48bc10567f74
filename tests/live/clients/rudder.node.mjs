import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const { me, address, key } = JSON.parse(process.argv[2]);
const analytics = new RudderAnalytics(key, { dataPlaneUrl: address, flushAt: 20 });
const who = { userId: `u1-${me}`, anonymousId: `a1-${me}` };
analytics.identify({ ...who, traits: { email: "a@b.c", level: "gold" } });
analytics.track({
  ...who, event: "Order Completed",
  properties: { order_id: "SO1", total: 299.5, products: [{ product_id: "A1", name: "裙", price: 299.5, quantity: 1 }] },
});
analytics.page({ ...who, name: "首页", properties: { path: "/" } });
await analytics.flush();
