"""First set-up, signing in and out, and one's own account."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Request, Response

from tidewheel.core.errors import BadInput, Busy, Conflict, NotSignedIn
from tidewheel.core.text import Text
from tidewheel.serve.access import COOKIE, AnyAsker, Asker, FullAsker, Here, refuse_cross_site
from tidewheel.serve.api.fields import Body, Currency, Done, Email, Name, Password, Reply, Zone
from tidewheel.serve.installation import Installation
from tidewheel.serve.passwords import hash_password, password_fits
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Role, Session, SignIn, User, projects, sign_ins, users

router = Router(tags=["session"])


class SetupState(Reply):
    """Whether nobody has set this installation up yet."""

    needed: bool


class Setup(Body):
    """The first administrator and the first project."""

    email: Email
    name: Name
    password: Password
    project_name: Name
    time_zone: Zone = "Asia/Shanghai"
    currency: Currency = "CNY"


class SignInBody(Body):
    """Who signs in."""

    email: Annotated[str, "an e-mail address"]
    password: str


class Me(Reply):
    """The user who asks."""

    id: str
    email: str
    name: str
    admin: bool
    language: Literal["en", "zh"] | None


class MyProject(Reply):
    """A project the user can see, and as what."""

    id: str
    name: str
    role: Role
    time_zone: str
    currency: str
    week_start: int
    holidays: str


class SessionReply(Reply):
    """Who is signed in, and the token to send as X-CSRF-Token."""

    user: Me
    csrf_token: str
    projects: list[MyProject]


class PasswordChange(Body):
    """The old password and the new one."""

    current: str
    new: Password


class MyChanges(Body):
    """What to change about oneself."""

    name: Name | None = None
    language: Literal["en", "zh"] | None = None
    password: PasswordChange | None = None


@router.get("/setup")
def setup_state(installation: Here) -> SetupState:
    """Say whether the first administrator is still to be made."""
    with installation.catalog.read() as db:
        return SetupState(needed=users.count(db) == 0)


@router.post("/setup", status_code=201, dependencies=[Depends(refuse_cross_site)])
def set_up(body: Setup, response: Response, installation: Here) -> SessionReply:
    """Make the first administrator and project, and sign in."""
    kept = hash_password(body.password)
    now = installation.clock()
    with installation.catalog.write() as db:
        if users.count(db):
            raise Conflict(
                "already_set_up",
                Text("This installation is set up already.", "系统已完成初始化。"),
                hint=Text("Sign in.", "请直接登录。"),
            )
        user = users.add(db, email=body.email, name=body.name, password_hash=kept, admin=True, now=now)
        projects.add(
            db,
            name=body.project_name,
            time_zone=body.time_zone,
            currency=body.currency,
            week_start=0,
            now=now,
        )
        asker = Asker(name=user.email, user=user, admin=True, roles={})
        asker.note(db, now, "set_up", user.email)
        return _sign_in(db, installation, user, response)


@router.post("/session", dependencies=[Depends(refuse_cross_site)])
def sign_in(body: SignInBody, request: Request, response: Response, installation: Here) -> SessionReply:
    """Sign in with e-mail address and password."""
    address = request.client.host if request.client else "-"
    email = body.email.strip().lower()[:254].replace("\0", "")
    pair = f"{address}|{email}"
    now = installation.clock()
    allowed = installation.settings.sign_in_attempts
    with installation.catalog.read() as db:
        _require_few_failures(db, pair, allowed, now)
        _require_few_failures(db, address, allowed * 10, now)
        user = users.by_email(db, email)
    fits = password_fits(user.password_hash if user else None, body.password)
    with installation.catalog.write() as db:
        if fits and user:
            sign_ins.succeeded(db, pair)
            return _sign_in(db, installation, user, response)
        sign_ins.failed(db, [pair, address], now)
    raise NotSignedIn(
        "wrong_password",
        Text("The e-mail address or the password is wrong.", "邮箱或密码不正确。"),
        hint=Text("An administrator can set a new password.", "管理员可以为你重设密码。"),
    )


@router.get("/session")
def current_session(asker: AnyAsker, installation: Here) -> SessionReply:
    """Return who is signed in."""
    if asker.user is None:
        raise NotSignedIn("no_user", Text("The command line is not a user.", "命令行不对应任何账号。"))
    with installation.catalog.read() as db:
        return _describe(db, asker.user, asker, asker.sign_in)


@router.delete("/session")
def sign_out(asker: AnyAsker, response: Response, installation: Here) -> Done:
    """Sign out of this browser."""
    if asker.sign_in:
        with installation.catalog.write() as db:
            sign_ins.end(db, asker.sign_in.id)
    response.delete_cookie(COOKIE, path="/")
    return Done()


@router.patch("/me")
def change_me(body: MyChanges, asker: FullAsker, installation: Here) -> Me:
    """Change one's own name, language or password; a new password signs out every other browser."""
    if asker.user is None:
        raise NotSignedIn("no_user", Text("The command line is not a user.", "命令行不对应任何账号。"))
    if body.password and not password_fits(asker.user.password_hash, body.password.current):
        raise BadInput(
            "wrong_password",
            Text("The current password is wrong.", "当前密码不正确。"),
            field="password.current",
        )
    kept = hash_password(body.password.new) if body.password else None
    with installation.catalog.write() as db:
        user = users.get(db, asker.user.id)
        user.name = body.name or user.name
        user.language = body.language or user.language
        if kept:
            user.password_hash = kept
            sign_ins.end_others(db, user.id, asker.sign_in.id if asker.sign_in else None)
            asker.note(db, installation.clock(), "password_changed", user.email)
        return describe_user(user)


def describe_user(user: User) -> Me:
    """Return what may be told of a user."""
    language: Literal["en", "zh"] | None = (
        "zh" if user.language == "zh" else "en" if user.language == "en" else None
    )
    return Me(id=user.id, email=user.email, name=user.name, admin=user.admin, language=language)


def _require_few_failures(db: Session, key: str, allowed: int, now: int) -> None:
    count, oldest = sign_ins.failures(db, key, now)
    if count < allowed:
        return
    busy = Busy(
        "too_many_sign_ins",
        Text("Too many failed attempts to sign in.", "登录失败次数过多。"),
        hint=Text("Try again in {minutes} minutes.", "请在 {minutes} 分钟后重试。"),
        minutes=max(1, -(-(oldest + sign_ins.FAILURES_COUNT_MS - now) // 60_000)),
    )
    busy.retry_after_seconds = max(1.0, (oldest + sign_ins.FAILURES_COUNT_MS - now) / 1000)
    raise busy


def _sign_in(db: Session, installation: Installation, user: User, response: Response) -> SessionReply:
    settings = installation.settings
    secret, started = sign_ins.start(db, user.id, now=installation.clock(), hours=settings.session_hours)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=settings.session_hours * 3600,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
        path="/",
    )
    asker = Asker(name=user.email, user=user, admin=user.admin, roles=users.roles(db, user.id))
    return _describe(db, user, asker, started)


def _describe(db: Session, user: User, asker: Asker, sign_in: SignIn | None) -> SessionReply:
    seen = [
        MyProject(
            id=project.id,
            name=project.name,
            role=role,
            time_zone=project.time_zone,
            currency=project.currency,
            week_start=project.week_start,
            holidays=project.holidays,
        )
        for project in projects.listed(db)
        if (role := asker.role_in(project.id))
    ]
    return SessionReply(user=describe_user(user), csrf_token=sign_in.csrf if sign_in else "", projects=seen)
