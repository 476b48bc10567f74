import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession, useUserChanges, useUsers } from "@/api";
import type { Project, UserRow } from "@/api";
import { Failed } from "@/shell";
import { BoneRows, Button, Empty, Icon, List, Mark, Menu, useNotify } from "@/ui";
import { Secret } from "./Secret";
import styles from "./settings.module.css";
import { UserForm } from "./UserForm";

export function Users() {
  const { t } = useTranslation("settings");
  const session = useSession();
  const admin = session.data?.user.admin ?? false;
  const users = useUsers(admin);
  const [editing, setEditing] = useState<UserRow | "new" | null>(null);
  const [made, setMade] = useState<UserRow | null>(null);
  if (!admin) return <Empty title={t("users.onlyAdmins")}>{t("users.onlyAdminsText")}</Empty>;
  const told = (user: UserRow) => {
    if (user.password) setMade(user);
  };
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.lead}>{t("users.lead")}</p>
        <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setEditing("new")}>
          {t("users.add")}
        </Button>
      </div>
      {users.error ? (
        <Failed error={users.error} retry={() => void users.refetch()} />
      ) : !users.data ? (
        <BoneRows rows={4} />
      ) : (
        <List
          label={t("tabs.users")}
          head={
            <>
              <th>{t("users.name")}</th>
              <th data-wide>{t("users.email")}</th>
              <th>{t("users.roles")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {users.data.map((user) => (
            <tr key={user.id}>
              <td>
                {user.name} {user.id === session.data?.user.id && <Mark tone="accent">{t("users.you")}</Mark>}
              </td>
              <td data-wide>{user.email}</td>
              <td>
                <Roles user={user} projects={session.data?.projects ?? []} />
              </td>
              <td data-right>
                <Actions
                  user={user}
                  edit={() => setEditing(user)}
                  told={told}
                  own={user.id === session.data?.user.id}
                />
              </td>
            </tr>
          ))}
        </List>
      )}
      {editing && (
        <UserForm user={editing === "new" ? null : editing} close={() => setEditing(null)} done={told} />
      )}
      {made?.password && (
        <Secret
          title={t("users.made", { name: made.name })}
          text={t("users.madeText")}
          secret={made.password}
          close={() => setMade(null)}
        />
      )}
    </>
  );
}

function Roles({ user, projects }: { user: UserRow; projects: Project[] }) {
  const { t } = useTranslation("settings");
  return (
    <span className={styles.roles}>
      {user.admin && <Mark tone="accent">{t("users.admin")}</Mark>}
      {Object.entries(user.roles).map(([project, role]) => (
        <Mark key={project}>
          {projects.find((each) => each.id === project)?.name ?? project} · {t(`users.role.${role}`)}
        </Mark>
      ))}
    </span>
  );
}

function Actions({
  user,
  edit,
  told,
  own,
}: {
  user: UserRow;
  edit: () => void;
  told: (user: UserRow) => void;
  own: boolean;
}) {
  const { t } = useTranslation("settings");
  const { modal, message } = useNotify();
  const { change, remove } = useUserChanges();
  const onError = (error: Error) => void message.error(error.message);
  return (
    <Menu
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: [
          { key: "edit", label: t("users.edit") },
          { key: "password", label: t("users.newPassword"), disabled: own },
          { type: "divider" },
          { key: "remove", label: t("users.remove"), danger: true, disabled: own },
        ],
        onClick: ({ key }) => {
          if (key === "edit") edit();
          if (key === "password")
            change.mutate({ id: user.id, new_password: true }, { onSuccess: told, onError });
          if (key === "remove")
            void modal.confirm({
              title: t("users.sure", { name: user.name }),
              content: t("users.sureText"),
              okText: t("users.remove"),
              okButtonProps: { danger: true },
              icon: null,
              onOk: () => remove.mutate(user.id, { onError }),
            });
        },
      }}
    >
      <Button
        type="text"
        size="small"
        icon={<Icon name="more" />}
        aria-label={`${t("users.edit")} ${user.name}`}
      />
    </Menu>
  );
}
