import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { useSession, useSignOut } from "@/api";
import { Failed } from "@/shell/Failed";
import { Button, Empty } from "@/ui";
import { Door } from "./Door";
import { lastProject } from "@/shell/last-project";

/** The front door: goes on to the last project, or to sign-in. */
export function Start() {
  const { t } = useTranslation("entry");
  const session = useSession();
  const signOut = useSignOut();
  if (session.error) {
    return (
      <Door>
        <Failed error={session.error} retry={() => void session.refetch()} />
      </Door>
    );
  }
  if (session.isPending) return null;
  if (!session.data) return <Navigate to="/sign-in" replace />;
  const { projects } = session.data;
  const project = projects.find((each) => each.id === lastProject()) ?? projects[0];
  if (project) return <Navigate to={`/p/${encodeURIComponent(project.id)}/home`} replace />;
  return (
    <Door>
      <Empty
        title={t("noProject.title")}
        action={<Button onClick={() => signOut.mutate()}>{t("noProject.signOut")}</Button>}
      >
        {t("noProject.text")}
      </Empty>
    </Door>
  );
}
