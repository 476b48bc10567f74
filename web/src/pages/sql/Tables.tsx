import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSqlTables } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { BoneRows, Button, Icon, Input } from "@/ui";
import styles from "./sql.module.css";

/** What can be read: tables, their columns, and some of their values; a click puts it into the query. */
export function Tables({ insert }: { insert: (text: string) => void }) {
  const { t } = useTranslation("sql");
  const { say } = useFormat();
  const tables = useSqlTables(useProject().id);
  const [open, setOpen] = useState<Record<string, boolean>>({ orders: true });
  const [words, setWords] = useState("");
  if (tables.error) return <Failed error={tables.error} retry={() => void tables.refetch()} />;
  if (!tables.data) return <BoneRows rows={8} />;
  const needle = words.trim().toLowerCase();
  return (
    <div className={styles.tables}>
      <Input
        size="small"
        allowClear
        value={words}
        onChange={(event) => setWords(event.target.value)}
        placeholder={t("findColumn")}
        aria-label={t("findColumn")}
        prefix={<Icon name="search" size={14} />}
      />
      <ul>
        {tables.data.tables.map((table) => {
          const columns = table.columns.filter(
            (column) =>
              !needle ||
              column.name.toLowerCase().includes(needle) ||
              (column.title && say(column.title).toLowerCase().includes(needle)),
          );
          if (needle && columns.length === 0) return null;
          const shown = needle !== "" || (open[table.name] ?? false);
          return (
            <li key={table.name}>
              <div className={styles.table}>
                <button
                  type="button"
                  className={styles.fold}
                  aria-expanded={shown}
                  onClick={() => setOpen({ ...open, [table.name]: !shown })}
                  title={say(table.description)}
                >
                  <Icon name={shown ? "down" : "right"} size={12} />
                  <b>{table.name}</b>
                </button>
                <Button
                  size="small"
                  type="text"
                  icon={<Icon name="plus" size={12} />}
                  aria-label={t("insert", { name: table.name })}
                  title={t("insert", { name: table.name })}
                  onClick={() => insert(table.name)}
                />
              </div>
              {shown && (
                <ul className={styles.columns}>
                  {columns.map((column) => (
                    <li key={column.name}>
                      <button
                        type="button"
                        className={styles.column}
                        onClick={() => insert(quotedName(column.name))}
                        title={[column.type, column.title ? say(column.title) : "", samplesOf(column.samples)]
                          .filter(Boolean)
                          .join("\n")}
                      >
                        <span>{column.name}</span>
                        <i>{t(`kind.${column.kind}`)}</i>
                      </button>
                      {column.kind === "text" && column.samples.length > 0 && (
                        <span className={styles.samples}>
                          {column.samples.slice(0, 3).map((sample) => (
                            <button
                              key={String(sample)}
                              type="button"
                              onClick={() => insert(quotedText(String(sample)))}
                              title={t("insert", { name: String(sample) })}
                            >
                              {String(sample)}
                            </button>
                          ))}
                        </span>
                      )}
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const samplesOf = (samples: unknown[]) => samples.map(String).slice(0, 5).join(" · ");

/** A column as it is written in SQL. */
export function quotedName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replace(/"/g, '""')}"`;
}

export function quotedText(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
