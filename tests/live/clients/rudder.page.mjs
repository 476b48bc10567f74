import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const { me, address, key } = window.settings;
const analytics = new RudderAnalytics();
analytics.load(key, address, { configUrl: address });
window.done = new Promise((resolve) => {
  analytics.ready(() => {
    const sent = (method, ...said) => new Promise((then) => method.call(analytics, ...said, then));
    const goods = { product_id: "A1", price: 299.5 };
    Promise.all([
      sent(analytics.page, "Goods", "Goods", {}),
      sent(analytics.identify, `u1-${me}`, { level: "gold" }),
      sent(analytics.track, "Product Viewed", goods),
    ]).then(() => resolve(true));
  });
});
