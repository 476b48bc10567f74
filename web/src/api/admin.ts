import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Process, Project, Role, TokenRow, User, UserRow } from "./types";

function listOf<T>(answer: T[] | Record<string, T[]>): T[] {
  return Array.isArray(answer) ? answer : (Object.values(answer).find(Array.isArray) ?? []);
}

export interface ProjectForm {
  name: string;
  time_zone: string;
  currency: string;
  week_start: number;
  holidays: string;
}
export function useProjectChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries();
  return {
    change: useMutation({
      mutationFn: (form: Partial<ProjectForm>) =>
        call<Project>("PATCH", projectPath(project, ""), { body: form }),
      onSuccess,
    }),
    create: useMutation({
      mutationFn: (form: ProjectForm) => call<Project>("POST", "/api/v1/projects", { body: form }),
      onSuccess: () => queries.invalidateQueries({ queryKey: ["session"] }),
    }),
  };
}

/** The regions whose public holidays are known. */
export function useHolidays() {
  return useQuery({
    queryKey: ["holidays"],
    queryFn: () => call<{ regions: string[] }>("GET", "/api/v1/holidays"),
    staleTime: Infinity,
  });
}

export function useUsers(enabled: boolean) {
  return useQuery({
    queryKey: ["users"],
    queryFn: async () => listOf(await call<UserRow[] | Record<string, UserRow[]>>("GET", "/api/v1/users")),
    enabled,
  });
}

/** The processes that share the lake; administrators may ask. */
export function useProcesses(enabled: boolean) {
  return useQuery({
    queryKey: ["processes"],
    queryFn: async () => (await call<{ processes: Process[] }>("GET", "/api/v1/processes")).processes,
    enabled,
  });
}

/** Says that a process will not come back, so that no erasure waits for it. */
export function useRetire() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<Process>("DELETE", `/api/v1/processes/${encodeURIComponent(id)}`),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["processes"] }),
        queries.invalidateQueries({ queryKey: ["erasures"] }),
      ]),
  });
}

export interface UserForm {
  email: string;
  name: string;
  password?: string;
  admin: boolean;
  roles: Record<string, Role>;
}
export function useUserChanges() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["users"] });
  return {
    create: useMutation({
      mutationFn: (form: UserForm) => call<UserRow>("POST", "/api/v1/users", { body: form }),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: ({ id, ...form }: Partial<UserForm> & { id: string; new_password?: boolean }) =>
        call<UserRow>("PATCH", `/api/v1/users/${id}`, { body: form }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => call<void>("DELETE", `/api/v1/users/${id}`),
      onSuccess,
    }),
  };
}

export function useTokens() {
  return useQuery({
    queryKey: ["tokens"],
    queryFn: async () => listOf(await call<TokenRow[] | Record<string, TokenRow[]>>("GET", "/api/v1/tokens")),
  });
}
export interface TokenForm {
  name: string;
  scopes: string[];
  project?: string;
  expires_days?: number;
}
export function useTokenChanges() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["tokens"] });
  return {
    create: useMutation({
      mutationFn: (form: TokenForm) =>
        call<TokenRow & { token: string }>("POST", "/api/v1/tokens", { body: form }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => call<void>("DELETE", `/api/v1/tokens/${id}`),
      onSuccess,
    }),
  };
}

export interface MeForm {
  name?: string;
  language?: "en" | "zh";
  password?: { current: string; new: string };
}
export function useMeChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (form: MeForm) => call<User>("PATCH", "/api/v1/me", { body: form }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["session"] }),
  });
}
