import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type {
  Alert,
  AlertChecked,
  AlertHistory,
  AnyAlert,
  Channel,
  Delivery,
  Destination,
  Rehearsed,
} from "./types";

const key = (project: string) => ["alerts", project] as const;
const placesKey = (project: string) => ["destinations", project] as const;
const at = (project: string, name = "", rest = "") =>
  projectPath(project, `/alerts${name ? `/${encodeURIComponent(name)}` : ""}${rest}`);
const placeAt = (project: string, name = "", rest = "") =>
  projectPath(project, `/destinations${name ? `/${encodeURIComponent(name)}` : ""}${rest}`);

export function useAlerts(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ alerts: Alert[] }>("GET", at(project))).alerts,
    staleTime: 15_000,
  });
}

export function useAlert(project: string, name: string) {
  return useQuery({
    queryKey: [...key(project), name],
    queryFn: () => call<AlertHistory>("GET", at(project, name)),
    retry: false,
  });
}

/** What a definition would have told in the last `periods`; without a definition nothing is asked. */
export function useRehearsal(project: string, definition: AnyAlert | null, periods: number) {
  return useQuery({
    queryKey: [...key(project), "preview", definition, periods],
    queryFn: ({ signal }) =>
      call<Rehearsed>("POST", at(project, "preview"), { body: { definition, periods }, signal }),
    enabled: definition !== null,
    placeholderData: keepPreviousData,
    staleTime: 300_000,
    retry: false,
  });
}

export function useAlertChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = async () => {
    await queries.invalidateQueries({ queryKey: key(project), exact: true });
    await queries.invalidateQueries({ queryKey: placesKey(project) });
    await queries.invalidateQueries({ queryKey: ["metrics", project], exact: true });
    await queries.invalidateQueries({
      queryKey: key(project),
      predicate: ({ queryKey }) => queryKey.length === 3,
    });
  };
  return {
    save: useMutation({
      mutationFn: ({ name, definition }: { name: string; definition: AnyAlert }) =>
        call<Alert>("PUT", at(project, name), { body: { definition } }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (name: string) => call<void>("DELETE", at(project, name)), onSuccess }),
    mute: useMutation({
      mutationFn: ({ name, until }: { name: string; until: number | null }) =>
        call<Alert>("POST", at(project, name, "/mute"), { body: { until } }),
      onSuccess,
    }),
    check: useMutation({
      mutationFn: (name: string) => call<AlertChecked>("POST", at(project, name, "/check"), { body: {} }),
      onSuccess,
    }),
    test: useMutation({
      mutationFn: async (name: string) =>
        (await call<{ deliveries: Delivery[] }>("POST", at(project, name, "/test"), { body: {} })).deliveries,
      onSuccess,
    }),
  };
}

export function useDestinations(project: string) {
  return useQuery({
    queryKey: placesKey(project),
    queryFn: () => call<{ destinations: Destination[]; channels: Channel[] }>("GET", placeAt(project)),
    staleTime: 30_000,
  });
}

export interface NewDestination {
  name: string;
  channel: string;
  target: Record<string, unknown>;
  language: "en" | "zh";
}

export function useDestinationChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: placesKey(project) });
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: NewDestination) =>
        call<Destination>("PUT", placeAt(project, name), { body }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (name: string) => call<void>("DELETE", placeAt(project, name)),
      onSuccess,
    }),
    test: useMutation({
      mutationFn: (name: string) =>
        call<{ sent: boolean; error: string | null }>("POST", placeAt(project, name, "/test"), { body: {} }),
    }),
  };
}
