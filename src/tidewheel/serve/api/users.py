"""The people of this installation, for its administrators."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tidewheel.serve.access import Admin, Here
from tidewheel.serve.api.fields import Body, Done, Email, Moment, Name, Password, Reply
from tidewheel.serve.passwords import hash_password, new_password
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Role, Session, User, sign_ins, users

router = Router(prefix="/users", tags=["users"])


class NewUser(Body):
    """Somebody to let in; without a password one is made and told once."""

    email: Email
    name: Name
    password: Password | None = None
    admin: bool = False
    roles: Annotated[dict[str, Role], Field(default_factory=dict)]


class UserChanges(Body):
    """What to change; roles replace all the user had. ``new_password`` makes one and tells it once."""

    name: Name | None = None
    password: Password | None = None
    new_password: bool = False
    admin: bool | None = None
    roles: dict[str, Role] | None = None


class UserReply(Reply):
    """One user. ``password`` is only there when one has just been made."""

    id: str
    email: str
    name: str
    admin: bool
    roles: dict[str, Role]
    created_at: Moment
    password: str | None


class UserList(Reply):
    """All users by e-mail address."""

    users: list[UserReply]


@router.get("")
def list_users(asker: Admin, installation: Here) -> UserList:  # noqa: ARG001
    """List all users."""
    with installation.catalog.read() as db:
        roles = users.all_roles(db)
        return UserList(users=[_describe(user, roles.get(user.id, {})) for user in users.listed(db)])


@router.post("", status_code=201)
def add_user(body: NewUser, asker: Admin, installation: Here) -> UserReply:
    """Let somebody in."""
    made = None if body.password else new_password()
    kept = hash_password(body.password or made or "")
    now = installation.clock()
    with installation.catalog.write() as db:
        user = users.add(db, email=body.email, name=body.name, password_hash=kept, admin=body.admin, now=now)
        users.set_roles(db, user.id, body.roles)
        asker.note(db, now, "user_added", user.email, admin=user.admin, roles=body.roles)
        return _describe(user, body.roles, made)


@router.patch("/{user_id}")
def change_user(user_id: str, body: UserChanges, asker: Admin, installation: Here) -> UserReply:
    """Change somebody's name, rights or password; a new password signs them out everywhere."""
    made = new_password() if body.new_password and not body.password else None
    password = body.password or made
    kept = hash_password(password) if password else None
    with installation.catalog.write() as db:
        user = users.get(db, user_id)
        user.name = body.name or user.name
        if kept:
            user.password_hash = kept
            sign_ins.end_others(db, user.id, asker.sign_in.id if asker.sign_in else None)
        if body.admin is not None:
            if not body.admin:
                users.keep_an_admin(db, user.id)
            user.admin = body.admin
        if body.roles is not None:
            users.set_roles(db, user.id, body.roles)
        changed = sorted(body.model_fields_set)
        asker.note(db, installation.clock(), "user_changed", user.email, changed=changed)
        return _now(db, user, made)


@router.delete("/{user_id}")
def remove_user(user_id: str, asker: Admin, installation: Here) -> Done:
    """Remove somebody with their tokens and sign-ins; what they made stays."""
    with installation.catalog.write() as db:
        email = users.get(db, user_id).email
        users.remove(db, user_id)
        asker.note(db, installation.clock(), "user_removed", email)
    return Done()


def _now(db: Session, user: User, made: str | None) -> UserReply:
    return _describe(user, users.roles(db, user.id), made)


def _describe(user: User, roles: dict[str, Role], made: str | None = None) -> UserReply:
    return UserReply(
        id=user.id,
        email=user.email,
        name=user.name,
        admin=user.admin,
        roles=roles,
        created_at=user.created_at,
        password=made,
    )
