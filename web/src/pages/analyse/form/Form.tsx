import { useMemo, useState } from "react";
import type { AnalysisKind } from "@/api";
import type { Asked, Params } from "@/api/questions";
import { Sentence, useEditing } from "@/editors";
import { PeopleWord, PeriodWord, SplitWord, Tail } from "@/pages/analyse/Asked";
import { eventsOf } from "@/pages/analyse/events";
import { FieldWord } from "./FieldWord";
import { fieldsOf } from "./shape";
import type { Field } from "./shape";
import styles from "@/pages/analyse/analyse.module.css";

/** The question as a sentence whose words are its parameters; what it does not name follows it. */
export function Form({
  kind,
  params,
  onChange,
  tucked = [],
  unsplit = false,
}: {
  kind: AnalysisKind;
  params: Params;
  onChange: (params: Params) => void;
  /** Shown only when they are set, or asked for. */
  tucked?: readonly string[] | undefined;
  unsplit?: boolean | undefined;
}) {
  const { language, say } = useEditing();
  const [all, setAll] = useState(false);
  const text = language === "en" ? kind.sentence.en : kind.sentence.zh;
  const fields = useMemo(() => fieldsOf(kind), [kind]);
  const asked = params as Asked & Record<string, unknown>;
  const change = onChange as (params: Asked) => void;
  const events = eventsOf(params);
  const word = (name: string, plain: boolean) => {
    const field = fields.find((each) => each.name === name);
    return (
      field && (
        <FieldWord
          key={name}
          field={field}
          plain={plain}
          value={asked[name] ?? field.fallback}
          events={events}
          onChange={(value) => change({ ...asked, [name]: value } as Asked)}
        />
      )
    );
  };
  const named = new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!));
  const rest = fields.filter(({ name }) => !named.has(name));
  const quiet = ({ name, fallback }: Field) =>
    tucked.includes(name) && JSON.stringify(asked[name] ?? fallback) === JSON.stringify(fallback);
  const slots = Object.fromEntries(
    [...named].map((name) => [
      name,
      name === "period" ? (
        <PeriodWord key={name} params={asked} onChange={change} />
      ) : name === "people" ? (
        <PeopleWord key={name} params={asked} onChange={change} />
      ) : name === "breakdowns" ? (
        <SplitWord key={name} params={asked} onChange={change} events={events} />
      ) : (
        word(name, true)
      ),
    ]),
  );
  return (
    <>
      <Sentence text={text} slots={slots} />
      <Tail params={asked} onChange={change} events={events} splits={!unsplit && !named.has("breakdowns")}>
        {rest.filter((field) => all || !quiet(field)).map(({ name }) => word(name, false))}
        {rest.some(quiet) && (
          <button type="button" className={styles.linkish} aria-expanded={all} onClick={() => setAll(!all)}>
            {say(all ? "tail.fewer" : "tail.more")}
          </button>
        )}
      </Tail>
    </>
  );
}
