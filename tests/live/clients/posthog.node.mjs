import { PostHog } from "posthog-node";

const { me, address, key } = JSON.parse(process.argv[2]);
const client = new PostHog(key, { host: address, flushAt: 20 });
client.capture({ distinctId: `u1-${me}`, event: "order_paid", properties: { order_id: "SO1", amount: 299.5, $set: { level: "gold" } } });
client.identify({ distinctId: `u1-${me}`, properties: { email: "a@b.c" } });
client.alias({ distinctId: `u1-${me}`, alias: `anon-1-${me}` });
client.capture({ distinctId: `anon-1-${me}`, event: "看商品", properties: { sku: ["A1", "B2"] } });
client.groupIdentify({ groupType: "company", groupKey: "c1", properties: { name: "Acme" } });
const flag = await client.isFeatureEnabled("any", `u1-${me}`);
await client.shutdown();
console.log(JSON.stringify({ flag: flag ?? false }));
