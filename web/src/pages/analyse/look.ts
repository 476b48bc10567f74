import { useMemo } from "react";
import { speech } from "@/charts";
import type { Look } from "@/charts";
import type { Breakdown } from "@/api/questions";
import { useEditing, useNarrow } from "@/editors";
import { isMoney } from "@/editors/names";
import { money } from "@/format";
import { useTheme } from "@/ui";

/** How the charts of an answer look and speak, given what it is split by. */
export function useLook(breakdowns: readonly Breakdown[] | undefined, compact: boolean): Look {
  const { palette } = useTheme();
  const { language, today, project, names, say } = useEditing();
  const narrow = useNarrow();
  return useMemo(
    () => ({
      palette,
      narrow,
      compact,
      say: speech({
        language,
        currency: project.currency,
        today,
        say,
        value: (value, at) => {
          const property = breakdowns?.[at]?.property;
          if (!property) return undefined;
          if (typeof value === "number" && isMoney(property)) return money(value, project.currency, language);
          return names.value(property, value);
        },
      }),
    }),
    [palette, narrow, compact, language, project.currency, today, say, names, breakdowns],
  );
}
