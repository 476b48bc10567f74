import { useMemo } from "react";
import { ANY_EVENT } from "@/api/questions";
import { short } from "@/format";
import { Sparkline } from "@/ui";
import { useEditing } from "./context";
import { PickList } from "./PickList";
import type { Choice } from "./PickList";

const GROUPS: [string, RegExp][] = [
  [
    "order",
    /^(add_to_cart|remove_from_cart|view_cart|begin_checkout|add_.*_info|purchase|refund|receipt.*)$/,
  ],
  ["browse", /^(page_view|view_|select_|search|slot_|scan_|app_open|session_start|mp_)/],
  ["member", /^(sign_up|login|logout|join_|add_contact|coupon_|member_|level_|checkin)/],
  ["content", /^(live_|post_|share|comment|like|follow)/],
  ["reach", /^(message_|push_|sms_|campaign_|ad_)/],
];

function groupOf(name: string): string {
  return GROUPS.find(([, pattern]) => pattern.test(name))?.[0] ?? "own";
}

/** Events with their volumes, the shop's own words first. */
export function EventPicker({
  value,
  onPick,
  any = false,
}: {
  value?: string | undefined;
  onPick: (event: string) => void;
  /** Offer "any event". */
  any?: boolean;
}) {
  const { schema, names, say, language } = useEditing();
  const choices = useMemo(() => {
    const order = [...GROUPS.map(([group]) => group), "own"];
    const found: Choice[] = schema.events
      .filter(({ name }) => !name.startsWith("$"))
      .map((event) => ({ event, group: groupOf(event.name) }))
      .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || b.event.count - a.event.count)
      .map(({ event, group }) => ({
        key: event.name,
        title: names.event(event.name),
        name: event.name,
        group: say(`event_group.${group}`),
        side: (
          <>
            <Sparkline values={event.daily} width={44} height={14} label="" color="var(--ink-3)" />
            <span>{short(event.count, language)}</span>
          </>
        ),
      }));
    if (any) found.unshift({ key: ANY_EVENT, title: say("event.any"), group: say("event_group.all") });
    return found;
  }, [schema, names, say, language, any]);
  return <PickList choices={choices} value={value} onPick={onPick} placeholder={say("pick.event")} />;
}
