import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, rememberCsrf } from "./client";
import { Problem } from "./problem";
import type { Session, SetupForm } from "./types";

const SESSION = ["session"] as const;

async function readSession(): Promise<Session | null> {
  try {
    const session = await call<Session>("GET", "/api/v1/session");
    rememberCsrf(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** Who is signed in; null when nobody is. */
export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: readSession, staleTime: 5 * 60_000, retry: false });
}

export function useSetupNeeded() {
  return useQuery({
    queryKey: ["setup"],
    queryFn: () => call<{ needed: boolean }>("GET", "/api/v1/setup"),
    staleTime: Infinity,
  });
}

function useSignedIn() {
  const queries = useQueryClient();
  return (session: Session) => {
    rememberCsrf(session.csrf_token);
    queries.setQueryData(SESSION, session);
  };
}

export function useSignIn() {
  const onSuccess = useSignedIn();
  return useMutation({
    mutationFn: (form: { email: string; password: string }) =>
      call<Session>("POST", "/api/v1/session", { body: form }),
    onSuccess,
  });
}

export function useSetup() {
  const queries = useQueryClient();
  const signedIn = useSignedIn();
  return useMutation({
    mutationFn: (form: SetupForm) => call<Session>("POST", "/api/v1/setup", { body: form }),
    onSuccess: (session) => {
      queries.setQueryData(["setup"], { needed: false });
      signedIn(session);
    },
  });
}

/** Ends the session and loads the page anew: nothing that was read stays in memory, and no page is left without its project. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => call<void>("DELETE", "/api/v1/session"),
    onSuccess: () => location.assign("/sign-in"),
  });
}
