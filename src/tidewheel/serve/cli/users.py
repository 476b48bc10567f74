"""``tidewheel user`` and ``tidewheel token``."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json
from tidewheel.serve.cli.output import print_json, print_table, say
from tidewheel.serve.cli.reach import Reach, reach

app = typer.Typer(no_args_is_help=True, help="Users: who may sign in.")
tokens_app = typer.Typer(no_args_is_help=True, help="Personal API tokens.")

Email = Annotated[str, typer.Argument(help="E-mail address.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made.")
]


@app.command("add")
def add_user(
    email: Email,
    name: Annotated[str | None, typer.Option(help="What people call them.", show_default=False)] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Owner of every project; may add users.")] = False,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="PROJECT=owner|editor|viewer; may be repeated.")
    ] = None,
    password_stdin: FromInput = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let somebody in; prints the password if one is made."""
    body: dict[str, Any] = {
        "email": email,
        "name": name or email.partition("@")[0],
        "admin": admin,
        "roles": dict(_pair(one) for one in role or []),
    }
    if password_stdin:
        body["password"] = _read_password()
    with reach(home) as api:
        made = api.post("/users", body)
    _tell(made, as_json=as_json)


@app.command("list")
def list_users(home: Home = None, as_json: Json = False) -> None:
    """List the users."""
    with reach(home) as api:
        found = api.get("/users")
    if as_json:
        print_json(found)
        return
    rows = [
        [user["email"], user["name"], user["admin"], ", ".join(f"{p}={r}" for p, r in user["roles"].items())]
        for user in found["users"]
    ]
    print_table(["email", "name", "admin", "roles"], rows)


@app.command("password")
def set_password(
    email: Email, password_stdin: FromInput = False, home: Home = None, as_json: Json = False
) -> None:
    """Give somebody a new password; signs them out everywhere."""
    body: dict[str, Any] = {"password": _read_password()} if password_stdin else {"new_password": True}
    with reach(home) as api:
        changed = api.send("PATCH", f"/api/v1/users/{_user_id(api, email)}", json=body).json()
    _tell(changed, as_json=as_json)


@tokens_app.command("add")
def add_token(
    user: Annotated[str, typer.Option("--user", help="E-mail address of the user it acts for.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    scope: Annotated[list[str] | None, typer.Option("--scope", help="read, write or admin.")] = None,
    project: Annotated[str | None, typer.Option("--project", "-p", help="Confine it to one project.")] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days it lasts.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a personal API token and print it; it cannot be shown again."""
    body = {
        "user": user,
        "name": name,
        "scopes": scope or ["read"],
        "project": project,
        "expires_days": expires_days,
    }
    with reach(home) as api:
        made = api.post("/tokens", body)
    if as_json:
        print_json(made)
    else:
        sys.stdout.write(made["token"] + "\n")


def _user_id(api: Reach, email: str) -> str:
    users = api.get("/users")["users"]
    for user in users:
        if user["email"] == email.strip().lower():
            return str(user["id"])
    raise NotFound(
        "no_such_user",
        Text("There is no such user.", "没有这个账号。"),
        got=email,
        expected=[user["email"] for user in users][:20],
    )


def _pair(text: str) -> tuple[str, str]:
    project, sign, role = text.partition("=")
    if not sign:
        raise BadInput(
            "bad_role",
            Text("{got} is not PROJECT=ROLE.", "{got} 不是 项目=角色 的形式。"),
            field="--role",
            got=text,
            expected="shop=editor",
        )
    return project, role


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _tell(user: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(user)
        return
    print_table(["email", "name", "admin"], [[user["email"], user["name"], user["admin"]]])
    if user["password"]:
        say(f"Password: {user['password']}", f"密码：{user['password']}")
