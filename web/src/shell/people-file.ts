import { peoplePage } from "@/api";
import type { Opens, PersonRow } from "@/api";
import { csv } from "@/charts/table";

const PAGE = 1000;
/** The most people one file holds. */
export const FILE_LIMIT = 50_000;

const STRENGTH = ["member_card", "user", "phone", "unionid", "email", "external_userid", "openid"];
/** The identifiers of a person, those that say most first. */
export function byStrength(identifiers: PersonRow["identifiers"]): PersonRow["identifiers"] {
  const rank = (type: string) => {
    const at = STRENGTH.indexOf(type);
    return at < 0 ? STRENGTH.length : at;
  };
  return [...identifiers].sort((a, b) => rank(a.type) - rank(b.type));
}

type Whose = Opens | { segment: string };

/** Reads everybody behind a figure or in a segment, page by page. */
async function everybody(project: string, whose: Whose): Promise<PersonRow[]> {
  const found: PersonRow[] = [];
  while (found.length < FILE_LIMIT) {
    const page = await peoplePage(project, whose, found.length, PAGE);
    found.push(...page.people);
    if (page.people.length === 0 || found.length >= page.total) break;
  }
  return found;
}

/** Saves the people behind a figure or in a segment as CSV; amounts in whole units of the currency. */
export async function savePeople(project: string, whose: Whose, heads: readonly string[]): Promise<number> {
  const people = await everybody(project, whose);
  const plain = (raw: string | number | null) => ({ text: "", raw });
  const text = csv({
    caption: "",
    columns: heads.map((title) => ({ title })),
    rows: people.map((person) => [
      plain(person.id),
      plain(person.name),
      plain(
        byStrength(person.identifiers)
          .map(({ type, value }) => `${type}=${value}`)
          .join(" "),
      ),
      plain(person.city),
      plain(person.orders),
      plain(person.revenue === null ? null : person.revenue / 100),
      plain(person.first_seen),
      plain(person.last_seen),
    ]),
  });
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = href;
  link.download = "people.csv";
  link.click();
  URL.revokeObjectURL(href);
  return people.length;
}
