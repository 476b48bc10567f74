"""Who is asking, and what they may do.

A request is made by a browser that is signed in (cookie, plus ``X-CSRF-Token`` on methods that change
things), by a personal token, or by the command line of the machine (a token kept in the data folder).
Whoever may not see a project is told that there is none.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import Depends, Path, Request

from tidewheel.core.errors import NotAllowed
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text
from tidewheel.serve.errors import not_signed_in
from tidewheel.serve.installation import Installation
from tidewheel.serve.privacy.masking import Masking
from tidewheel.serve.privacy.policy import Policy, policy_of
from tidewheel.store.catalog import (
    ROLES,
    Project,
    Role,
    Session,
    SignIn,
    User,
    audit,
    projects,
    sign_ins,
    tokens,
    users,
)
from tidewheel.store.project import ProjectStore
from tidewheel.store.view import Snapshot

COOKIE = "tidewheel_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Power: TypeAlias = Literal["read", "write", "admin"]
POWERS: tuple[Power, ...] = ("read", "write", "admin")
"""Scopes of a token, weakest first; each holds the ones before it."""
ARRIVAL: Final = 2.0
"""Most seconds an answer waits for events that are acknowledged and not visible yet."""
NEEDED: dict[Role, Power] = {"viewer": "read", "editor": "write", "owner": "admin"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who makes a request. ``only_project`` confines a token to one project."""

    name: str
    user: User | None
    admin: bool
    roles: dict[str, Role]
    power: Power = "admin"
    only_project: str | None = None
    sign_in: SignIn | None = None
    local: bool = False

    def role_in(self, project_id: str) -> Role | None:
        """Return the role in a project, None where the asker may not even see it."""
        if self.only_project not in {None, project_id}:
            return None
        return "owner" if self.admin else self.roles.get(project_id)

    def require_power(self, needed: Power) -> None:
        """Raise unless the token's scopes suffice; people who are signed in have all of them."""
        if POWERS.index(self.power) < POWERS.index(needed):
            raise NotAllowed(
                "scope_missing",
                Text("This token lacks the scope {needed}.", "此令牌缺少 {needed} 权限范围。"),
                got=self.power,
                expected=needed,
                hint=Text("Make a token with that scope.", "请新建包含该权限范围的令牌。"),
                needed=needed,
            )

    def user_id(self) -> str | None:
        """Return the user's id; None for the command line."""
        return self.user.id if self.user else None

    def note(
        self, db: Session, now: int, action: str, subject: str, project: str | None = None, **detail: Any
    ) -> None:
        """Write into the audit log that the asker did something."""
        audit.note(db, now=now, actor=self.name, action=action, subject=subject, project_id=project, **detail)


@dataclass(frozen=True, slots=True)
class Place:
    """A project somebody may act in."""

    project: Project
    role: Role
    asker: Asker
    installation: Installation
    policy: Policy

    @property
    def masking(self) -> Masking | None:
        """What of an answer the asker must not see; None: all may be seen."""
        if ROLES.index(self.role) >= ROLES.index(self.policy.sees_personal_data):
            return None
        return Masking(frozenset(name.lower() for name in self.policy.personal_properties))

    @property
    def store(self) -> ProjectStore:
        """The project's facts."""
        return self.installation.store(self.project.id)

    def snapshot(self) -> Snapshot:
        """Return the present state with every event acknowledged before, unless that takes more than :data:`ARRIVAL`."""
        self.store.sync(ARRIVAL)
        return self.store.snapshot()

    def note(self, action: str, subject: str, **detail: Any) -> None:
        """Write into the audit log that something was done here."""
        with self.installation.catalog.write() as db:
            now = self.installation.clock()
            self.asker.note(db, now, action, subject, self.project.id, **detail)

    @property
    def calendar(self) -> Calendar:
        """How the project cuts time."""
        return projects.calendar_of(self.project)


def installation_of(request: Request) -> Installation:
    """Return the installation the request was made to."""
    found: Installation = request.app.state.installation
    return found


Here = Annotated[Installation, Depends(installation_of)]


def asker_of(request: Request, installation: Here) -> Asker:
    """Find out who asks, or raise NotSignedIn."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return _by_token(secret.strip(), installation)
    return _by_cookie(request, installation)


def _by_token(secret: str, installation: Installation) -> Asker:
    if hmac.compare_digest(secret.encode(), installation.local_token.encode()):
        return Asker(name="local", user=None, admin=True, roles={}, local=True)
    now = installation.clock()
    with installation.catalog.read() as db:
        found = tokens.find(db, secret, now)
        roles = users.roles(db, found[1].id) if found else {}
    if not found:
        raise not_signed_in()
    token, user = found
    if tokens.use_is_stale(token, now):
        with installation.catalog.write() as db:
            tokens.used(db, token.id, now)
    power: Power = next((scope for scope in reversed(POWERS) if scope in token.scopes), "read")
    return Asker(
        name=user.email,
        user=user,
        admin=user.admin,
        roles=roles,
        power=power,
        only_project=token.project_id,
    )


def _by_cookie(request: Request, installation: Installation) -> Asker:
    secret = request.cookies.get(COOKIE, "")
    with installation.catalog.read() as db:
        found = sign_ins.find(db, secret, installation.clock()) if secret else None
        roles = users.roles(db, found[1].id) if found else {}
    if not found:
        raise not_signed_in()
    sign_in, user = found
    if request.method not in SAFE_METHODS:
        sent = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(sent.encode(), sign_in.csrf.encode()):
            raise NotAllowed(
                "csrf_token_missing",
                Text(
                    "The request does not carry the sign-in's CSRF token.", "请求未携带本次登录的 CSRF 令牌。"
                ),
                field=CSRF_HEADER,
                hint=Text(
                    "Send csrf_token of GET /api/v1/session in the header X-CSRF-Token.",
                    "请把 GET /api/v1/session 返回的 csrf_token 放入请求头 X-CSRF-Token。",
                ),
            )
    return Asker(name=user.email, user=user, admin=user.admin, roles=roles, sign_in=sign_in)


def refuse_cross_site(request: Request) -> None:
    """Refuse requests another site made a browser send, where there is no sign-in yet to protect them."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise NotAllowed("cross_site", Text("Other sites may not do this.", "不允许跨站请求。"))


AnyAsker = Annotated[Asker, Depends(asker_of)]


def _writer(asker: AnyAsker) -> Asker:
    asker.require_power("admin")
    return asker


def _admin(asker: AnyAsker) -> Asker:
    if not asker.admin or asker.only_project:
        raise NotAllowed(
            "admins_only",
            Text("Only administrators may do this.", "仅管理员可以进行此操作。"),
            hint=Text("Ask an administrator of this installation.", "请联系本系统的管理员。"),
        )
    asker.require_power("admin")
    return asker


FullAsker = Annotated[Asker, Depends(_writer)]
"""Somebody acting with all their rights: signed in, or with the scope admin."""
Admin = Annotated[Asker, Depends(_admin)]


def place_for(asker: Asker, installation: Installation, project_id: str, needed: Role) -> Place:
    """Return the project if the asker has at least the role ``needed`` in it."""
    role = asker.role_in(project_id)
    if role is None:
        raise projects.absent_project(project_id)
    with installation.catalog.read() as db:
        project = projects.get(db, project_id)
        policy = policy_of(db, project_id)
    if ROLES.index(role) < ROLES.index(needed):
        raise NotAllowed(
            "role_too_weak",
            Text("You are {role} here; this needs {needed}.", "你在此项目中是 {role}，此操作需要 {needed}。"),
            got=role,
            expected=needed,
            hint=Text("Ask an administrator for the role.", "请联系管理员调整角色。"),
            role=role,
            needed=needed,
        )
    asker.require_power(NEEDED[needed])
    return Place(project=project, role=role, asker=asker, installation=installation, policy=policy)


ProjectId = Annotated[str, Path(description="The project's id")]


def _told(request: Request, place: Place) -> Place:
    """Leave word what of the answer is to be masked; ``serve.privacy.veil`` does it."""
    request.state.masking = place.masking
    return place


def _viewer(project: ProjectId, asker: AnyAsker, installation: Here, request: Request) -> Place:
    return _told(request, place_for(asker, installation, project, "viewer"))


def _editor(project: ProjectId, asker: AnyAsker, installation: Here, request: Request) -> Place:
    return _told(request, place_for(asker, installation, project, "editor"))


def _owner(project: ProjectId, asker: AnyAsker, installation: Here, request: Request) -> Place:
    return _told(request, place_for(asker, installation, project, "owner"))


Viewer = Annotated[Place, Depends(_viewer)]
Editor = Annotated[Place, Depends(_editor)]
Owner = Annotated[Place, Depends(_owner)]
