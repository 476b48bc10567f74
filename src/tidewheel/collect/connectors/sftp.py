"""Files on an SFTP server. The server must show the key it is known by: nobody else gets the password."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from tidewheel.collect.pull.contract import SECRET, World, zh
from tidewheel.collect.pull.extras import library
from tidewheel.collect.pull.files import FileConnector, FilePlace, Seen, Shelf
from tidewheel.core.errors import BadInput, TidewheelError, Unavailable
from tidewheel.core.text import Text

TIMEOUT_SECONDS: Final = 20


class SftpPlace(FilePlace):
    """A folder of an SFTP server."""

    host: Annotated[
        str, Field(min_length=1, max_length=253, description="Host", json_schema_extra=zh("主机"))
    ]
    port: Annotated[int, Field(ge=1, le=65535, description="Port", json_schema_extra=zh("端口"))] = 22
    user: Annotated[
        str, Field(min_length=1, max_length=200, description="User", json_schema_extra=zh("用户名"))
    ]
    password: Annotated[
        str | None, Field(max_length=500, description="Password", json_schema_extra=zh("密码") | SECRET)
    ] = None
    private_key: Annotated[
        str | None,
        Field(
            max_length=20_000,
            description="Private key in OpenSSH form",
            json_schema_extra=zh("OpenSSH 格式的私钥") | SECRET | {"lines": True},
        ),
    ] = None
    host_key: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^SHA256:[A-Za-z0-9+/=]+$",
            description="Fingerprint of the server's key, SHA256:…; the check tells it",
            json_schema_extra=zh("服务器密钥指纹 SHA256:…，测试连接时会给出"),
        ),
    ] = None
    folder: Annotated[
        str,
        Field(max_length=1000, description="Folder on the server", json_schema_extra=zh("服务器上的文件夹")),
    ] = "."


class _Sftp:
    def __init__(self, client: Any, root: str) -> None:
        self._client, self._root = client, root.rstrip("/") or "/"

    def listing(self) -> Iterator[Seen]:
        waiting = [""]
        while waiting:
            below = waiting.pop()
            for entry in self._client.listdir_iter(f"{self._root}/{below}" if below else self._root):
                path = f"{below}/{entry.filename}" if below else entry.filename
                if stat.S_ISDIR(entry.st_mode or 0):
                    waiting.append(path)
                elif stat.S_ISREG(entry.st_mode or 0):
                    yield Seen(path, entry.st_size or 0, (entry.st_mtime or 0) * 1000)

    def fetch(self, path: str, to: Path) -> Path:
        self._client.get(f"{self._root}/{path}", str(to))
        return to


class Sftp(FileConnector):
    """Reads files over SSH."""

    name: ClassVar[str] = "sftp"
    title: ClassVar[Text] = Text("SFTP server", "SFTP 服务器")
    Place = SftpPlace

    def open(self, place: SftpPlace, world: World) -> AbstractContextManager[Shelf]:  # noqa: ARG002
        """Connect, compare the server's key and sign in."""
        return _connected(place)


@contextmanager
def _connected(place: SftpPlace) -> Iterator[Shelf]:
    ssh = library("paramiko", "sftp")
    try:
        door = socket.create_connection((place.host, place.port), TIMEOUT_SECONDS)
    except OSError as error:
        raise _unreachable(place, type(error).__name__) from None
    transport = ssh.Transport(door)
    transport.banner_timeout = transport.auth_timeout = TIMEOUT_SECONDS
    try:
        with _told(ssh, place):
            transport.start_client(timeout=TIMEOUT_SECONDS)
            _compare(transport.get_remote_server_key(), place)
            if place.private_key:
                transport.auth_publickey(place.user, _key(ssh, place))
            else:
                transport.auth_password(place.user, place.password or "", fallback=False)
            client = ssh.SFTPClient.from_transport(transport)
            client.get_channel().settimeout(TIMEOUT_SECONDS * 3)
            yield _Sftp(client, place.folder)
    finally:
        transport.close()
        door.close()


def _compare(key: Any, place: SftpPlace) -> None:
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    shown = f"SHA256:{digest}"
    if place.host_key is not None and place.host_key.rstrip("=") != shown:
        raise BadInput(
            "other_host_key",
            Text(
                "The server shows another key than the one entered; nothing was sent to it.",
                "服务器出示的密钥与所填指纹不一致，未向它发送任何内容。",
            ),
            field="host_key",
            got=place.host_key,
            hint=Text(
                "The address may lead to somebody else. Ask the server's owner whether its key was changed to "
                "{shown}; only then enter that.",
                "该地址可能已指向他人。请向服务器管理员确认密钥是否已换成 {shown}，确认后再改指纹。",
            ),
            shown=shown,
        )
    if place.host_key is None:
        raise BadInput(
            "unknown_host_key",
            Text("The server shows the key {shown}.", "服务器出示的密钥指纹是 {shown}。"),
            field="host_key",
            got=place.host_key,
            expected=shown,
            hint=Text(
                "Compare it with what the server's owner says, then enter it as its fingerprint (host_key).",
                "请与服务器管理员核对，确认后填入「服务器密钥指纹」（host_key）。",
            ),
            shown=shown,
        )


def _key(ssh: Any, place: SftpPlace) -> Any:
    for kind in (ssh.Ed25519Key, ssh.ECDSAKey, ssh.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(place.private_key), password=place.password)
        except (ssh.SSHException, ValueError):
            continue
    raise BadInput(
        "bad_private_key",
        Text("The private key cannot be read.", "无法读取该私钥。"),
        field="private_key",
        hint=Text(
            "Give an Ed25519, ECDSA or RSA key in OpenSSH form; its passphrase goes into password.",
            "请提供 OpenSSH 格式的 Ed25519、ECDSA 或 RSA 私钥，口令填入密码。",
        ),
    )


@contextmanager
def _told(ssh: Any, place: SftpPlace) -> Iterator[None]:
    try:
        yield
    except TidewheelError:
        raise
    except ssh.AuthenticationException:
        raise BadInput(
            "sign_in_refused",
            Text("{host} refuses this user and password.", "{host} 拒绝了该用户名和密码。"),
            field="user",
            got=place.user,
            hint=Text("Check user, password and key.", "请检查用户名、密码和私钥。"),
            host=place.host,
        ) from None
    except FileNotFoundError:
        raise BadInput(
            "no_such_folder",
            Text("There is no folder {got}.", "没有文件夹 {got}。"),
            field="folder",
            got=place.folder,
            hint=Text("Make it, or mend the path.", "请先新建该文件夹，或修改路径。"),
            path=place.folder,
        ) from None
    except PermissionError:
        raise BadInput(
            "folder_not_readable",
            Text("The server may not read {got}.", "服务没有读取 {got} 的权限。"),
            field="folder",
            got=place.folder,
            hint=Text("Ask the server's owner for the right to read it.", "请向服务器管理员申请读取权限。"),
            path=place.folder,
        ) from None
    except (ssh.SSHException, OSError, EOFError) as error:
        raise _unreachable(place, type(error).__name__) from None


def _unreachable(place: SftpPlace, why: str) -> Unavailable:
    return Unavailable(
        "host_unreachable",
        Text("{host}:{port} does not answer ({why}).", "{host}:{port} 没有响应（{why}）。"),
        field="host",
        got=place.host,
        hint=Text("Check host, port and firewall.", "请检查主机、端口和防火墙。"),
        host=place.host,
        port=place.port,
        why=why,
    )
