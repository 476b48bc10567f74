"""What is told when the other side could not be reached, in words that say what to look at."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import Final

from tidewheel.act.contract import Undelivered
from tidewheel.core.text import Text

_BROKEN: Final[tuple[tuple[tuple[type[Exception], ...], Text], ...]] = (
    ((TimeoutError,), Text("{host} did not answer in time.", "{host} 没有在规定时间内响应。")),
    (
        (ConnectionRefusedError,),
        Text(
            "{host} refused the connection: is it running, and is the port right?",
            "{host} 拒绝连接：请确认其正在运行且端口正确。",
        ),
    ),
    (
        (ConnectionError, http.client.HTTPException),
        Text("{host} broke the connection off.", "{host} 中断了连接。"),
    ),
    ((socket.gaierror, UnicodeError), Text("{host} cannot be found.", "找不到 {host}。")),
)
_OTHERWISE: Final = Text("{host}: the connection failed ({kind}).", "{host}：连接失败（{kind}）。")


def unreached(host: str, error: Exception) -> Undelivered:
    """Return what is told of a connection that failed; ``host`` is as people know it."""
    said = next((text for kinds, text in _BROKEN if isinstance(error, kinds)), _OTHERWISE)
    return Undelivered(said, again=True, host=host, kind=type(error).__name__)


def untrusted(host: str, error: ssl.SSLCertVerificationError) -> Undelivered:
    """Return what is told of a certificate that cannot be trusted."""
    said = Text("{host}: its certificate cannot be trusted ({said}).", "{host}：证书不可信（{said}）。")
    return Undelivered(said, again=False, host=host, said=error.verify_message)
