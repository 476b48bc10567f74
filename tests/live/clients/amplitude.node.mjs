import { Identify, Revenue, createInstance } from "@amplitude/analytics-node";

const { me, address, key } = JSON.parse(process.argv[2]);
const client = createInstance();
await client.init(key, { serverUrl: `${address}/2/httpapi` }).promise;
const who = { user_id: `u1-${me}`, device_id: `d1-${me}` };
client.track("看商品", { sku: ["A1", "B2"], price: 299.5 }, who);
client.identify(new Identify().set("level", "gold").setOnce("first", "x").add("n", 1).append("l", "a").unset("z"), who);
client.revenue(new Revenue().setProductId("A1").setPrice(19.9).setQuantity(3), who);
client.groupIdentify("company", "c1", new Identify().set("name", "Acme"), who);
await client.flush().promise;
