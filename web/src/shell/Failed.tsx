import { useTranslation } from "react-i18next";
import { asProblem } from "@/api";
import { ProblemNote } from "@/ui";

/** Shows what went wrong with a request: the server's own words where it gave some. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  const fallback =
    problem.status === 0
      ? { message: t("problem.unreachable"), hint: t("problem.unreachableHint") }
      : problem.status >= 500
        ? { message: t("problem.server"), hint: t("problem.serverHint") }
        : problem.status === 403
          ? { message: t("problem.forbidden"), hint: t("problem.forbiddenHint") }
          : { message: t("problem.other"), hint: null };
  const own = problem.status !== 0 && problem.message;
  const got = problem.got === null || problem.got === undefined ? null : JSON.stringify(problem.got);
  return (
    <ProblemNote
      message={own || fallback.message}
      hint={own ? problem.hint : fallback.hint}
      code={problem.field ? `${problem.code} · ${problem.field}` : problem.code}
      got={got && got.length <= 200 ? got : null}
      retry={retry}
      texts={{ retry: t("retry"), got: t("problem.got") }}
    />
  );
}
