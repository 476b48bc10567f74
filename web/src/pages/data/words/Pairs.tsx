import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AutoComplete, Button, Icon, Input, List } from "@/ui";
import styles from "../data.module.css";
import { withName } from "./edit";

/** Names on the left, ours on the right, and beside them what arrived lately; an empty name of ours leaves out. */
export function Pairs({
  label,
  pairs,
  change,
  options,
  samples,
}: {
  label: string;
  pairs: Record<string, string>;
  change: (pairs: Record<string, string>) => void;
  options: string[];
  samples?: Record<string, unknown>;
}) {
  const { t } = useTranslation(["data", "common"]);
  const [added, setAdded] = useState("");
  const unnamed = Object.keys(samples ?? {}).filter((name) => !(name in pairs));
  const name = added.trim();
  const choices = options.map((value) => ({ value }));
  const row = (theirs: string, ours: string | undefined) => (
    <tr key={theirs}>
      <td>
        <code>{theirs}</code>
        {samples?.[theirs] !== undefined && <div className={styles.sample}>{String(samples[theirs])}</div>}
      </td>
      <td>
        <AutoComplete
          aria-label={t("words.oursOf", { name: theirs })}
          value={ours ?? theirs}
          options={choices}
          placeholder={t("words.leftOut")}
          showSearch={{ filterOption: (typed, option) => (option?.value ?? "").includes(typed) }}
          style={{ width: "100%" }}
          onChange={(value: string) =>
            change(withName(pairs, theirs, value === theirs ? undefined : value.trim()))
          }
        />
      </td>
      <td data-right data-tight>
        {ours !== undefined && (
          <Button
            type="text"
            size="small"
            icon={<Icon name="close" size={14} />}
            aria-label={t("words.asSent", { name: theirs })}
            title={t("words.asSent", { name: theirs })}
            onClick={() => change(withName(pairs, theirs, undefined))}
          />
        )}
      </td>
    </tr>
  );
  return (
    <>
      <List
        label={label}
        head={
          <>
            <th>{t("words.theirs")}</th>
            <th>{t("words.ours")}</th>
            <th aria-hidden="true" />
          </>
        }
      >
        {Object.entries(pairs).map(([theirs, ours]) => row(theirs, ours))}
        {unnamed.map((theirs) => row(theirs, undefined))}
      </List>
      <form
        className={styles.vendorKeys}
        onSubmit={(event) => {
          event.preventDefault();
          change(withName(pairs, name, name));
          setAdded("");
        }}
      >
        <Input
          aria-label={t("words.addName")}
          placeholder={t("words.addName")}
          value={added}
          onChange={({ target }) => setAdded(target.value)}
        />
        <Button htmlType="submit" disabled={!name || name in pairs}>
          {t("common:add")}
        </Button>
      </form>
    </>
  );
}
