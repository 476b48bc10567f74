import type { SqlQuery } from "@/api";
import { NOTHING } from "./query";

export type ExampleKey = "channels" | "days" | "repurchase" | "together" | "cities" | "carts";

/** What a shop asks first, ready to run. */
export const examples: { key: ExampleKey; query: SqlQuery }[] = [
  {
    key: "channels",
    query: {
      ...NOTHING,
      sql: `select channel, count(*) as orders, count(distinct person) as buyers,
       sum(paid) as paid, sum(net) as net
from orders
where time >= now() - interval 30 day
group by channel
order by net desc`,
      chart: { kind: "bar", x: "channel", y: ["net"] },
    },
  },
  {
    key: "days",
    query: {
      ...NOTHING,
      sql: `select date_trunc('day', time)::date as day, sum(paid) as paid, count(*) as orders
from orders
where time >= now() - interval 30 day
group by day
order by day`,
      chart: { kind: "line", x: "day", y: ["paid"] },
    },
  },
  {
    key: "repurchase",
    query: {
      ...NOTHING,
      sql: `with numbered as (
  select person, time, lag(time) over (partition by person order by time) as before
  from orders
)
select date_diff('day', before, time) as days, count(*) as orders
from numbered
where before is not null
group by days
order by days`,
      chart: { kind: "bar", x: "days", y: ["orders"] },
    },
  },
  {
    key: "together",
    query: {
      ...NOTHING,
      sql: `with lines as (
  select order_id, unnest(items).item_name as item
  from orders
)
select a.item, b.item as together, count(distinct order_id) as orders
from lines a join lines b using (order_id)
where a.item < b.item
group by all
order by orders desc
limit 50`,
    },
  },
  {
    key: "cities",
    query: {
      ...NOTHING,
      sql: `select city, count(*) as people, count(*) filter (orders > 0) as buyers,
       sum(revenue) as revenue
from persons
group by city
order by revenue desc
limit 20`,
      chart: { kind: "bar", x: "city", y: ["revenue"] },
    },
  },
  {
    key: "carts",
    query: {
      ...NOTHING,
      sql: `select person, max(time) as last_cart, count(*) as times
from events
where name = 'add_to_cart'
  and time >= now() - to_days(cast($days as integer))
  and person not in (
    select person from orders where time >= now() - to_days(cast($days as integer))
  )
group by person
order by last_cart desc`,
      parameters: [{ name: "days", kind: "number", default: 7 }],
    },
  },
];
