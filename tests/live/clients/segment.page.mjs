import { AnalyticsBrowser } from "@segment/analytics-next";

const { address, key } = window.settings;
const analytics = AnalyticsBrowser.load(
  { writeKey: key, cdnURL: address },
  { integrations: { "Segment.io": { apiHost: `${address}/v1`.replace("http://", ""), protocol: "http" } } },
);
window.done = (async () => {
  await analytics.page("Goods", { sku: "A1" });
  await analytics.track("Product Viewed", { product_id: "A1", price: 299.5 });
  return true;
})();
