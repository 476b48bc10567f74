import { Navigate } from "react-router";
import { useSession } from "@/api";

const LAST_PROJECT = "tidewheel.project";

/** The front door: goes on to the last project, or to sign-in. */
export function Start() {
  const session = useSession();
  if (session.isPending) return null;
  if (!session.data) return <Navigate to="/sign-in" replace />;
  const { projects } = session.data;
  const last = projects.find((each) => each.id === localStorage.getItem(LAST_PROJECT)) ?? projects[0];
  if (!last) return <Navigate to="/sign-in" replace />;
  return <Navigate to={`/p/${encodeURIComponent(last.id)}/home`} replace />;
}
