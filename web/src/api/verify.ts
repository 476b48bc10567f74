import { useMutation, useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { PastRuns, Replayed, Verified } from "./types";

/** The latest report; null where nothing was verified yet. */
export function useVerified(project: string) {
  return useQuery({
    queryKey: ["verified", project],
    queryFn: async () => {
      const { runs } = await call<PastRuns>("GET", projectPath(project, "/verify/runs"));
      return runs.length > 0 ? call<Verified>("GET", projectPath(project, "/verify")) : null;
    },
    retry: false,
  });
}

export function useVerifyRuns(project: string) {
  return useQuery({
    queryKey: ["verified", project, "runs"],
    queryFn: async () => (await call<PastRuns>("GET", projectPath(project, "/verify/runs"))).runs,
  });
}

/** Verifies everything on a share of the people. */
export function verifyAll(
  project: string,
  sample: number,
  seed: number,
  { queryId, signal }: { queryId: string; signal: AbortSignal },
) {
  return call<Verified>("POST", projectPath(project, "/verify"), {
    query: { query_id: queryId },
    body: { sample, seed },
    signal,
  });
}

/** Verifies one question, and asks a given answer again. */
export function useProof(project: string) {
  return {
    verify: useMutation({
      mutationFn: (question: { kind: string; params: object; sample: number }) =>
        call<Verified>("POST", projectPath(project, "/verify/question"), { body: question }),
    }),
    replay: useMutation({
      mutationFn: (answer: object) =>
        call<Replayed>("POST", projectPath(project, "/replay"), { body: { answer } }),
    }),
  };
}
