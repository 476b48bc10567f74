import { promisify } from "node:util";
import Mixpanel from "mixpanel";

const { me, host, key } = JSON.parse(process.argv[2]);
const client = Mixpanel.init(key, { host, path: `/in/${key}`, protocol: "http" });
const done = (method, ...said) => promisify(method)(...said);
await done(client.track.bind(client), "order_paid", { distinct_id: `u1-${me}`, order_id: "SO1", amount: 299.5 });
await done(client.track_batch.bind(client), [
  { event: "看商品", properties: { distinct_id: `u1-${me}`, $device_id: `d1-${me}`, $user_id: `u1-${me}`, sku: ["A1", "B2"] } },
  { event: "看商品", properties: { distinct_id: `u2-${me}`, sku: ["C3"] } },
]);
await done(client.people.set.bind(client.people), `u1-${me}`, { $email: "a@b.c", level: "gold" });
await done(client.people.track_charge.bind(client.people), `u1-${me}`, 49.9);
