"""Personal API tokens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tidewheel.core.errors import NotAllowed, NotFound
from tidewheel.core.text import Text
from tidewheel.serve.access import Asker, FullAsker, Here, Power
from tidewheel.serve.api.fields import Body, Done, Email, Moment, Name, Reply
from tidewheel.serve.installation import Installation
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import ApiToken, User, projects, tokens, users

router = Router(prefix="/tokens", tags=["tokens"])
_DAY = 86_400_000


class NewToken(Body):
    """What a token is for. Scopes: read, write (holds read), admin (holds both)."""

    name: Name
    scopes: Annotated[list[Power], Field(min_length=1, max_length=3)]
    project: str | None = None
    """Confines the token to one project."""
    expires_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    user: Email | None = None
    """For whom; only the command line of the machine may make tokens for others."""


class TokenReply(Reply):
    """A token as it is listed: never its secret."""

    id: str
    name: str
    start: str
    scopes: list[Power]
    project: str | None
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None


class TokenList(Reply):
    """One's own tokens, newest first."""

    tokens: list[TokenReply]


class NewTokenReply(TokenReply):
    """A new token with its secret, which is told only now."""

    token: str


@router.get("")
def list_tokens(asker: FullAsker, installation: Here) -> TokenList:
    """List one's own tokens."""
    with installation.catalog.read() as db:
        return TokenList(tokens=[_describe(token) for token in tokens.listed(db, _user(asker.user).id)])


@router.post("", status_code=201)
def add_token(body: NewToken, asker: FullAsker, installation: Here) -> NewTokenReply:
    """Make a token that acts for oneself."""
    now = installation.clock()
    user = _user(asker.user) if body.user is None else _other(body.user, asker, installation)
    if asker.only_project and body.project != asker.only_project:
        raise projects.absent_project(body.project or "", field="project")
    with installation.catalog.write() as db:
        if body.project is not None:
            if asker.role_in(body.project) is None:
                raise projects.absent_project(body.project, field="project")
            projects.get(db, body.project)
        secret, token = tokens.add(
            db,
            user_id=user.id,
            name=body.name,
            scopes=sorted(set(body.scopes)),
            project_id=body.project,
            now=now,
            expires_at=now + body.expires_days * _DAY if body.expires_days else None,
        )
        asker.note(db, now, "token_added", token.id, body.project, scopes=token.scopes)
        return NewTokenReply(token=secret, **_describe(token).model_dump())


@router.delete("/{token_id}")
def remove_token(token_id: str, asker: FullAsker, installation: Here) -> Done:
    """Revoke one of one's own tokens."""
    with installation.catalog.write() as db:
        tokens.remove(db, _user(asker.user).id, token_id)
        asker.note(db, installation.clock(), "token_removed", token_id)
    return Done()


def _user(user: User | None) -> User:
    if user is None:
        raise NotAllowed(
            "no_user",
            Text("Tokens belong to a user.", "令牌必须属于某个账号。"),
            hint=Text(
                "Name one: tidewheel token add --user you@example.com",
                "请指定：tidewheel token add --user you@example.com",
            ),
        )
    return user


def _other(email: str, asker: Asker, installation: Installation) -> User:
    if not asker.local:
        raise NotAllowed(
            "tokens_for_oneself",
            Text("You can make tokens for yourself only.", "只能为自己创建令牌。"),
            field="user",
        )
    with installation.catalog.read() as db:
        user = users.by_email(db, email)
    if user is None:
        raise NotFound(
            "no_such_user", Text("There is no such user.", "没有这个账号。"), field="user", got=email
        )
    return user


def _describe(token: ApiToken) -> TokenReply:
    scopes: list[Power] = [scope for scope in ("read", "write", "admin") if scope in token.scopes]
    return TokenReply(
        id=token.id,
        name=token.name,
        start=token.start,
        scopes=scopes,
        project=token.project_id,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
