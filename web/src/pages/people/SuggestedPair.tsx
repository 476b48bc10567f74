import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SuggestedPerson, Suggestion } from "@/api";
import { useAddress, useFormat, useLanguage, useNames } from "@/shell";
import { Button, Mark } from "@/ui";
import { End } from "./End";
import styles from "./suggestions.module.css";

const FULL = 20;

/** Two people side by side, what speaks for and against their being one, and the two answers. */
export function SuggestedPair({
  one,
  current,
  decide,
}: {
  one: Suggestion;
  current: boolean;
  decide: ((same: boolean) => void) | undefined;
}) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const names = useNames();
  const language = useLanguage() === "en" ? "en" : "zh";
  const shown = one.probability > 0.999 ? t("suggest.certain") : format.percent(one.probability, 1);
  return (
    <li className={styles.pair} data-current={current ? "" : undefined} aria-current={current || undefined}>
      <header className={styles.head}>
        <strong className={styles.chance}>{shown}</strong>
        <span className={styles.quiet}>{t("suggest.probability")}</span>
        {one.over.length > 0 && (
          <Mark tone="warn">
            {t("suggest.over", {
              types: one.over
                .map((type) => (type === "$" ? t("allTypes") : names.identifier(type)))
                .join(", "),
            })}
          </Mark>
        )}
        {decide && (
          <span className={styles.answers}>
            <Button size="small" title={t("suggest.twoKey")} onClick={() => decide(false)}>
              {t("suggest.two")}
            </Button>
            <Button
              size="small"
              type="primary"
              title={t("suggest.oneKey")}

              onClick={() => decide(true)}
            >
              {t("suggest.one")}
            </Button>
          </span>
        )}
      </header>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("suggest.field")}</th>
            <th scope="col">
              <Who person={one.a} />
            </th>
            <th scope="col">
              <Who person={one.b} />
            </th>
            <th scope="col">{t("suggest.weight")}</th>
          </tr>
        </thead>
        <tbody>
          {one.because.map((each) => {
            const source = each.source.replace(/:$/, "");
            const told = (person: SuggestedPerson) =>
              person.properties[source] ?? (each.instead ? person.properties[each.instead] : undefined);
            return (
              <tr key={each.field} data-differs={each.level === "same" ? undefined : ""}>
                <th scope="row">{each.title[language]}</th>
                <td>{told(one.a) ?? t("suggest.unknown")}</td>
                <td>{told(one.b) ?? t("suggest.unknown")}</td>
                <td>
                  <Weight value={each.weight} said={each.level_title[language]} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {one.withheld.length > 0 && (
        <p className={styles.withheld}>
          {t("suggest.withheld", { fields: one.withheld.map((each) => each[language]).join(", ") })}
        </p>
      )}
    </li>
  );
}

function Who({ person }: { person: SuggestedPerson }) {
  const { t } = useTranslation("identity");
  const address = useAddress();
  const format = useFormat();
  return (
    <div className={styles.who}>
      <Link to={address(`/people/${encodeURIComponent(person.id)}`)}>{person.name ?? person.id}</Link>
      {person.identifiers.slice(0, 3).map((each) => (
        <End key={`${each.type}:${each.value}`} actor={`${each.type}:${each.value}`} />
      ))}
      <small>
        {t("orders", { count: person.orders, shown: format.exact(person.orders) })}
        {" · "}
        {format.money(person.revenue)}
        {person.last_seen && ` · ${format.stamp(person.last_seen)}`}
      </small>
    </div>
  );
}

/** A bar from the middle: to the right it speaks for one person, to the left against. */
function Weight({ value, said }: { value: number; said: string }) {
  const width = `${Math.min(Math.abs(value) / FULL, 1) * 50}%`;
  return (
    <span className={styles.weight}>
      <span className={styles.track} aria-hidden="true">
        <span
          className={value < 0 ? styles.against : styles.for}
          style={value < 0 ? { right: "50%", width } : { left: "50%", width }}
        />
      </span>
      <span className={styles.number}>{`${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`}</span>
      <span className={styles.quiet}>{said}</span>
    </span>
  );
}
