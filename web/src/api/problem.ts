import type { ProblemBody } from "./types";

/** What the server (or the way to it) says went wrong: code, sentence, and what to do. */
export class Problem extends Error {
  readonly code: string;
  readonly field: string | null;
  readonly got: unknown;
  readonly expected: unknown;
  readonly hint: string | null;
  readonly status: number;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.message ?? "");
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? (status === 0 ? "unreachable" : `http_${status}`);
    this.field = body.field ?? null;
    this.got = body.got ?? null;
    this.expected = body.expected ?? null;
    this.hint = body.hint ?? null;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, {
    code: "unreachable",
    message: error instanceof Error ? error.message : String(error),
  });
}
