import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSchema } from "@/api";
import type { Vocabulary, WordsTrial } from "@/api";
import { useFormat, useProject } from "@/shell";
import { AutoComplete, Button, Checkbox, Input, List } from "@/ui";
import styles from "../data.module.css";
import { afterEvery, eventNames, withEvent } from "./edit";
import { EventWords } from "./EventWords";

/** One line an event: its own name, how often it came lately, and what it is called here. */
export function Events({
  words,
  change,
  trial,
}: {
  words: Vocabulary;
  change: (words: Vocabulary) => void;
  trial: WordsTrial | undefined;
}) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  const schema = useSchema(useProject().id);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const arrived = trial?.names ?? [];
  const names = eventNames(words, arrived, search);
  const typed = search.trim();
  const known = schema.data?.events.map((event) => ({ value: event.name })) ?? [];
  const properties =
    schema.data?.properties.flatMap((one) => (one.scope === "event" ? [one.name] : [])) ?? [];
  return (
    <>
      <div className={styles.toolbar}>
        <Input
          aria-label={t("words.search")}
          placeholder={t("words.search")}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          style={{ maxWidth: 320 }}
          allowClear
        />
        {typed && !names.includes(typed) && (
          <Button onClick={() => change(withEvent(words, typed, { event: typed }))}>
            {t("words.addEvent", { name: typed })}
          </Button>
        )}
      </div>
      <List
        label={t("words.events")}
        head={
          <>
            <th>{t("words.theirs")}</th>
            <th data-right data-wide>
              {t("words.lately")}
            </th>
            <th>{t("words.ours")}</th>
            <th data-wide>{t("words.leaveOut")}</th>
            <th aria-hidden="true" />
          </>
        }
      >
        {names.map((name) => {
          const own = words.events?.[name];
          const came = arrived.find((one) => one.sent === name);
          return (
            <Fragment key={name}>
              <tr>
                <td>
                  <code>{name}</code>
                </td>
                <td data-right data-wide>
                  {came ? format.exact(came.count) : "–"}
                </td>
                <td>
                  <AutoComplete
                    aria-label={t("words.oursOf", { name })}
                    value={own?.event ?? ""}
                    placeholder={came?.then ?? name}
                    options={known}
                    showSearch={{ filterOption: (text, option) => (option?.value ?? "").includes(text) }}
                    disabled={own?.leave_out ?? false}
                    style={{ width: "100%" }}
                    onChange={(value: string) =>
                      change(withEvent(words, name, { event: value.trim() || null }))
                    }
                  />
                </td>
                <td data-wide>
                  <Checkbox
                    aria-label={t("words.leaveOutOf", { name })}
                    checked={own?.leave_out ?? false}
                    onChange={({ target }) => change(withEvent(words, name, { leave_out: target.checked }))}
                  />
                </td>
                <td data-right data-tight>
                  <Button
                    type="text"
                    size="small"
                    aria-expanded={open === name}
                    onClick={() => setOpen(open === name ? null : name)}
                  >
                    {t("words.details")}
                  </Button>
                </td>
              </tr>
              {open === name && (
                <tr>
                  <td colSpan={5}>
                    <EventWords
                      words={own}
                      samples={afterEvery(words, came?.samples ?? {})}
                      properties={properties}
                      change={(part) => change(withEvent(words, name, part))}
                    />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </List>
    </>
  );
}
