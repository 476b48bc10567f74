import { useMemo } from "react";
import type { AnalysisKind } from "@/api";
import type { Asked, Params } from "@/api/questions";
import { Sentence, useEditing } from "@/editors";
import { PeopleWord, PeriodWord, Tail } from "@/pages/analyse/Asked";
import { eventsOf } from "@/pages/analyse/events";
import { FieldWord } from "./FieldWord";
import { fieldsOf } from "./shape";

/** The question as a sentence whose words are its parameters; what it does not name follows it. */
export function Form({
  kind,
  params,
  onChange,
}: {
  kind: AnalysisKind;
  params: Params;
  onChange: (params: Params) => void;
}) {
  const { language } = useEditing();
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
  const slots = Object.fromEntries(
    [...named].map((name) => [
      name,
      name === "period" ? (
        <PeriodWord key={name} params={asked} onChange={change} />
      ) : name === "people" ? (
        <PeopleWord key={name} params={asked} onChange={change} />
      ) : (
        word(name, true)
      ),
    ]),
  );
  return (
    <>
      <Sentence text={text} slots={slots} />
      <Tail params={asked} onChange={change} events={events}>
        {fields.filter(({ name }) => !named.has(name)).map(({ name }) => word(name, false))}
      </Tail>
    </>
  );
}
