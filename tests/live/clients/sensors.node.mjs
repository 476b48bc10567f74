import SensorsAnalytics from "sa-sdk-node";

const { address } = JSON.parse(process.argv[2]);
const sa = new SensorsAnalytics();
sa.submitTo({ url: `${address}/sa?project=default`, gzip: true, mode: "track", timeout: 10_000 });
sa.registerSuperProperties({ shop: "S-01" });
sa.track("anon-1", "ViewProduct", { ProductId: "A1", ProductName: "连衣裙", ProductPrice: 299.5 });
sa.trackSignup("u_1001", "anon-1", { channel: "wx" });
sa.profileSet("u_1001", { level: "gold", age: 31 });
sa.profileIncrement("u_1001", { points: 1 });
sa.track("u_1001", "PayOrder", { OrderId: "SO1", PayAmount: 299.5, $is_login_id: true });
sa.itemSet("sku", "A1", { name: "连衣裙", price: 299.5 });
