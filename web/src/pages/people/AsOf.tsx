import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useFormat } from "@/shell";
import { Button, DatePicker } from "@/ui";
import { dayjs } from "@/ui/dayjs";
import styles from "./identity.module.css";

/** The moment in the address whose links make people; null is now. */
export function useAsOf(): [string | null, (moment: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const given = search.get("as_of");
  return [
    given,
    (moment) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          if (moment) after.set("as_of", moment);
          else after.delete("as_of");
          return after;
        },
        { replace: true },
      ),
  ];
}

export function AsOfPicker() {
  const { t } = useTranslation("identity");
  const [asOf, setAsOf] = useAsOf();
  return (
    <DatePicker
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      value={asOf ? dayjs(asOf) : null}
      placeholder={t("asOf")}
      aria-label={t("asOf")}
      onChange={(moment) => setAsOf(moment ? moment.toISOString() : null)}
    />
  );
}

/** Says that a past identity is shown, and leads back. */
export function AsOfNote() {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const [asOf, setAsOf] = useAsOf();
  if (!asOf) return null;
  return (
    <p className={styles.asOf} role="status">
      {t("asOfNote", { time: format.stamp(asOf) })}
      <Button size="small" onClick={() => setAsOf(null)}>
        {t("now")}
      </Button>
    </p>
  );
}
