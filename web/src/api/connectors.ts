import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type {
  Connector,
  ConnectorFound,
  ConnectorKind,
  ConnectorRun,
  ImportKind,
  ImportPreview,
  Schedule,
} from "./types";

/** Where a place is: its kind and settings; secrets that are left out are those of the connector `name`. */
export interface WherePlace {
  kind: string;
  place: Record<string, unknown>;
  name?: string | null;
}

export interface NewConnector {
  name: string;
  kind: string;
  place: Record<string, unknown>;
  rows: ImportKind;
  mapping: object | null;
  schedule: Schedule;
  tell: string[];
}

const at = (project: string, name?: string, more = "") =>
  projectPath(project, `/connectors${name === undefined ? "" : `/${encodeURIComponent(name)}`}${more}`);
const key = (project: string) => ["connectors", project];

export function useConnectors(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: () => call<{ connectors: Connector[]; kinds: ConnectorKind[] }>("GET", at(project)),
    // Somebody watches a run that is under way or about to begin.
    refetchInterval: ({ state }) =>
      state.data?.connectors.some((one) => one.state === "running" || one.state === "new") ? 2_000 : 15_000,
  });
}

export function useConnectorRuns(project: string, name: string) {
  return useQuery({
    queryKey: [...key(project), name, "runs"],
    queryFn: async () => (await call<{ runs: ConnectorRun[] }>("GET", at(project, name, "/runs"))).runs,
    refetchInterval: 5_000,
  });
}

export function useConnectorTrials(project: string) {
  return {
    check: useMutation({
      mutationFn: (where: WherePlace) =>
        call<{ message: string }>("POST", at(project, undefined, "/check"), { body: where }),
    }),
    discover: useMutation({
      mutationFn: async (where: WherePlace) =>
        (
          await call<{ found: ConnectorFound[] }>("POST", at(project, undefined, "/discover"), {
            body: where,
          })
        ).found,
    }),
    preview: useMutation({
      mutationFn: (wanted: WherePlace & { rows: ImportKind; mapping: object | null }) =>
        call<ImportPreview>("POST", at(project, undefined, "/preview"), { body: wanted }),
    }),
  };
}

export function useConnectorChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(project) });
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: NewConnector) => call<Connector>("PUT", at(project, name), { body }),
      onSuccess,
    }),
    run: useMutation({
      mutationFn: (name: string) => call<Connector>("POST", at(project, name, "/run"), { body: {} }),
      onSuccess,
    }),
    pause: useMutation({
      mutationFn: ({ name, paused }: { name: string; paused: boolean }) =>
        call<Connector>("POST", at(project, name, "/pause"), { body: { paused } }),
      onSuccess,
    }),
    again: useMutation({
      mutationFn: ({ name, since }: { name: string; since: number | null }) =>
        call<Connector>("POST", at(project, name, "/again"), { body: { since } }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (name: string) => call<void>("DELETE", at(project, name)),
      onSuccess,
    }),
  };
}
