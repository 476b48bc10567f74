import { CloudEvent, emitterFor, httpTransport, Mode } from "cloudevents";

const { address, time, me } = JSON.parse(process.argv[2]);
const event = (id, type, data) => new CloudEvent({
  id, type, source: "/shop/orders", subject: `user:${me}`, time: new Date(time).toISOString(), datacontenttype: "application/json",
  deviceid: `d-${me}`, data,
});
const url = `${address}/v1/cloudevents`;
await emitterFor(httpTransport(url), { mode: Mode.STRUCTURED })(event("1", "purchase", { order_id: "SO1", value: 29950 }));
await emitterFor(httpTransport(url), { mode: Mode.BINARY })(event("2", "refund", { order_id: "SO1", refund_value: 29950 }));
