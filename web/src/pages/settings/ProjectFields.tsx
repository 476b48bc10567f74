import { useTranslation } from "react-i18next";
import { useHolidays } from "@/api";
import { currencies, regionsOf, timeZones } from "@/format/regions";
import { useLanguage } from "@/shell";
import { Field, Input, Select } from "@/ui";

/** What a project is called and how it cuts time and counts money. */
export function ProjectFields() {
  const { t } = useTranslation(["settings", "common"]);
  const language = useLanguage();
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  // 5 January 1970 was a Monday, the server's day 0.
  const weekdays = [0, 1, 2, 3, 4, 5, 6].map((day) => ({
    value: day,
    label: weekday.format(new Date(Date.UTC(1970, 0, 5 + day))),
  }));
  const holidays = regionsOf(useHolidays().data?.regions ?? [], language);
  return (
    <>
      <Field
        name="name"
        label={t("project.name")}
        rules={[{ required: true, whitespace: true, message: t("common:needed") }]}
      >
        <Input maxLength={200} />
      </Field>
      <Field name="time_zone" label={t("project.zone")} extra={t("project.zoneHint")}>
        <Select showSearch options={timeZones().map((value) => ({ value, label: value }))} />
      </Field>
      <Field name="currency" label={t("project.currency")} extra={t("project.currencyHint")}>
        <Select showSearch={{ optionFilterProp: "label" }} options={currencies(language)} />
      </Field>
      <Field name="week_start" label={t("project.week")}>
        <Select options={weekdays} />
      </Field>
      <Field name="holidays" label={t("project.holidays")} extra={t("project.holidaysHint")}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={[{ value: "", label: t("project.holidaysNone") }, ...holidays]}
        />
      </Field>
    </>
  );
}
