"""A mail with plain text and HTML, over the SMTP server that ``TIDEWHEEL_SMTP_URL`` names."""

from __future__ import annotations

import html
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import Field, StringConstraints

from tidewheel.act.contract import Channel, Message, Sending, Target, Undelivered
from tidewheel.act.failures import unreached, untrusted
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text

TIMEOUT_SECONDS: Final = 20

Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[!-?A-~]+@[!-;=?A-~]+$")
]


class MailTarget(Target):
    """Who gets the mail; everybody sees everybody."""

    addresses: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]


_ANSWERED: Final = Text("The mail server answered: {code} {words}", "邮件服务器返回：{code} {words}")
_UNABLE: Final = Text(
    "The mail server cannot do what is needed: {words}", "邮件服务器不支持所需的功能：{words}"
)


class Mail(Channel):
    """Sends mail. With a user in the URL the connection must be encrypted before the password is said."""

    name = "mail"
    title = Text("Mail", "邮件")
    Target = MailTarget

    @classmethod
    def ready(cls, settings: Settings) -> bool:
        """Say whether a mail server is named."""
        return settings.smtp_url is not None

    def place(self, target: MailTarget) -> str:
        """Return the addresses."""
        return ", ".join(target.addresses)

    def send(self, target: MailTarget, message: Message, sending: Sending) -> None:
        """Send once, or raise Undelivered."""
        mail = compose(target, message, sending)
        try:
            with _connect(sending.settings) as server:
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients, again=_all_later(error.recipients)) from error
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else ""
            raise Undelivered(
                _ANSWERED, again=400 <= error.smtp_code < 500, code=error.smtp_code, words=words
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise untrusted(_server(sending.settings), error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Undelivered(_UNABLE, again=False, words=error) from error
        except smtplib.SMTPServerDisconnected as error:
            raise unreached(_server(sending.settings), ConnectionResetError()) from error
        except (OSError, smtplib.SMTPException) as error:
            raise unreached(_server(sending.settings), error) from error
        if refused:
            raise _refused(refused, again=False)


def compose(target: MailTarget, message: Message, sending: Sending) -> EmailMessage:
    """Return the mail."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"[Tidewheel] {message.title}".split())
    mail["From"] = sending.settings.mail_from or f"tidewheel@{_host(sending.settings)}"
    mail["To"] = ", ".join(target.addresses)
    mail["Date"] = format_datetime(datetime.fromtimestamp(sending.now / 1000, UTC))
    mail["Message-ID"] = f"<{sending.id}@{_host(sending.settings)}>"
    mail["Auto-Submitted"] = "auto-generated"
    lines = [message.title, "", *(f"{name}: {value}" for name, value in message.facts)]
    mail.set_content("\n".join([*lines, *(["", message.link] if message.link else [])]) + "\n")
    mail.add_alternative(_page(message), subtype="html")
    return mail


def _page(message: Message) -> str:
    rows = "".join(
        f'<tr><td style="color:#66727a;padding:4px 16px 4px 0">{html.escape(name)}</td>'
        f"<td>{html.escape(value)}</td></tr>"
        for name, value in message.facts
    )
    words = "在 Tidewheel 中查看" if message.language == "zh" else "Open in Tidewheel"
    link = f'<p><a href="{html.escape(message.link)}">{words}</a></p>' if message.link else ""
    return (
        f'<html lang="{message.language}"><body style="font-family:sans-serif;color:#1a2326">'
        f'<h2 style="font-size:18px">{html.escape(message.title)}</h2><table>{rows}</table>{link}</body></html>'
    )


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url or "").hostname or "localhost"


def _connect(settings: Settings) -> smtplib.SMTP:
    if settings.smtp_url is None:
        raise Undelivered(
            Text("TIDEWHEEL_SMTP_URL is not set.", "没有设置 TIDEWHEEL_SMTP_URL。"), again=False
        )
    url = urlsplit(settings.smtp_url.get_secret_value())
    try:
        port = url.port
    except ValueError:
        port = 0
    if url.scheme not in {"smtp", "smtps"} or not url.hostname or port == 0:
        raise Undelivered(
            Text(
                "TIDEWHEEL_SMTP_URL is not smtp://… or smtps://….",
                "TIDEWHEEL_SMTP_URL 须形如 smtp://… 或 smtps://…。",
            ),
            again=False,
        )
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(url.hostname, port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(url.hostname, port or 587, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if url.scheme == "smtp" and (url.username or server.has_extn("starttls")):
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _refused(refused: dict[str, tuple[int, bytes]], *, again: bool) -> Undelivered:
    who = "; ".join(f"{address}: {code}" for address, (code, _) in sorted(refused.items()))
    said = Text("The mail server does not take mail for {who}", "邮件服务器不接收发给这些地址的邮件：{who}")
    return Undelivered(said, again=again, who=who)


def _server(settings: Settings) -> str:
    """Return the mail server as the settings name it."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    return urlsplit(url).hostname or "SMTP"


def _all_later(refused: dict[str, tuple[int, bytes]]) -> bool:
    return all(400 <= code < 500 for code, _ in refused.values())
