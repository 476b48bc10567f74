import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { ConsentForm, Consents, Erasure, ErasureForm, PrivacyPolicy, PrivacyReply } from "./types";

const person = (id: string, rest: string) => `/people/${encodeURIComponent(id)}${rest}`;

export function usePrivacy(project: string) {
  return useQuery({
    queryKey: ["privacy", project],
    queryFn: ({ signal }) => call<PrivacyReply>("GET", projectPath(project, "/privacy"), { signal }),
  });
}

export function usePrivacyChange(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (policy: PrivacyPolicy) =>
      call<PrivacyReply>("PUT", projectPath(project, "/privacy"), { body: policy }),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useConsents(project: string, id: string) {
  return useQuery({
    queryKey: ["consents", project, id],
    queryFn: ({ signal }) => call<Consents>("GET", projectPath(project, person(id, "/consents")), { signal }),
  });
}

export function useConsentAdd(project: string, id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ConsentForm) =>
      call<Consents>("POST", projectPath(project, person(id, "/consents")), { body }),
    onSuccess: (said) => queries.setQueryData(["consents", project, id], said),
  });
}

/** Where the browser fetches everything known about a person. */
export const exportAddress = (project: string, id: string): string =>
  projectPath(project, person(id, "/export"));

export const certificateAddress = (project: string, erasure: string): string =>
  projectPath(project, `/erasures/${encodeURIComponent(erasure)}/certificate`);

export function useErasures(project: string, enabled: boolean) {
  return useQuery({
    queryKey: ["erasures", project],
    queryFn: async ({ signal }) =>
      (await call<{ erasures: Erasure[] }>("GET", projectPath(project, "/erasures"), { signal })).erasures,
    enabled,
    refetchInterval: (query) => (query.state.data?.some((one) => one.state !== "done") ? 1500 : false),
  });
}

export function useErase(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ErasureForm) =>
      call<Erasure>("POST", projectPath(project, "/erasures"), { body: { ...body, confirm: project } }),
    onSuccess: (_, { person }) => {
      const theirs = ({ queryKey }: { queryKey: readonly unknown[] }) =>
        queryKey[1] === project && queryKey[2] === person;
      // the page of who is gone is being left
      void queries.invalidateQueries({ predicate: theirs, refetchType: "none" });
      return queries.invalidateQueries({ predicate: (query) => !theirs(query) });
    },
  });
}
