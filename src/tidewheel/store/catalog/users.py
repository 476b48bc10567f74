"""People who sign in, and what they may do in each project."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tidewheel.core.errors import BadInput, Conflict, NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.projects import absent_project
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import ROLES, Membership, Project, Role, User


def count(db: Session) -> int:
    """Return how many users there are; 0 means that nobody has set this installation up."""
    return db.scalar(select(func.count()).select_from(User)) or 0


def listed(db: Session) -> list[User]:
    """Return all users by e-mail."""
    return list(db.scalars(select(User).order_by(User.email)))


def get(db: Session, user_id: str) -> User:
    """Return one user."""
    user = None if "\0" in user_id else db.get(User, user_id)
    if user is None:
        raise NotFound(
            "no_such_user", Text("There is no such user.", "没有这个账号。"), got=shorten(user_id, 60)
        )
    return user


def by_email(db: Session, email: str) -> User | None:
    """Return the user with this e-mail address."""
    return db.scalar(select(User).where(User.email == email.strip().lower()))


def add(db: Session, *, email: str, name: str, password_hash: str | None, admin: bool, now: int) -> User:
    """Add a user; the address must be free."""
    address = email.strip().lower()
    if by_email(db, address):
        raise Conflict(
            "email_taken",
            Text("There is already a user with this e-mail address.", "该邮箱已有账号。"),
            field="email",
            got=address,
        )
    user = User(
        id=new_id(),
        email=address,
        name=name,
        password_hash=password_hash,
        admin=admin,
        language=None,
        created_at=now,
    )
    db.add(user)
    db.flush()
    return user


def remove(db: Session, user_id: str) -> None:
    """Remove a user with sign-ins, tokens and roles; the last admin stays."""
    keep_an_admin(db, user_id)
    db.delete(get(db, user_id))


def keep_an_admin(db: Session, user_id: str) -> None:
    """Raise if there is no admin besides this user."""
    others = select(func.count()).select_from(User).where(User.admin, User.id != user_id)
    if get(db, user_id).admin and not db.scalar(others):
        raise BadInput(
            "last_admin",
            Text("This is the only administrator.", "这是唯一的管理员。"),
            field="admin",
            hint=Text("Make somebody else an administrator first.", "请先把另一位成员设为管理员。"),
        )


def roles(db: Session, user_id: str) -> dict[str, Role]:
    """Return the user's role in each project it is a member of."""
    rows = db.execute(select(Membership.project_id, Membership.role).where(Membership.user_id == user_id))
    return {project: role for project, role in rows if role in ROLES}


def all_roles(db: Session) -> dict[str, dict[str, Role]]:
    """Return every user's roles, by user."""
    found: dict[str, dict[str, Role]] = {}
    for user_id, project_id, role in db.execute(
        select(Membership.user_id, Membership.project_id, Membership.role)
    ):
        if role in ROLES:
            found.setdefault(user_id, {})[project_id] = role
    return found


def set_roles(db: Session, user_id: str, wanted: dict[str, Role]) -> None:
    """Make these the user's only roles."""
    known = set(db.scalars(select(Project.id)))
    for project_id in wanted:
        if project_id not in known:
            raise absent_project(project_id, field="roles")
    db.execute(delete(Membership).where(Membership.user_id == user_id))
    db.add_all(Membership(user_id=user_id, project_id=project, role=role) for project, role in wanted.items())
    db.flush()
