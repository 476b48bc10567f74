"""Credentials that must be read again: encrypted with the installation's key, which is not in the catalog."""

from __future__ import annotations

import json
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from tidewheel.core.errors import BadInput
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text
from tidewheel.store.durable import kept_private

FILE: Final = "secret.key"


class Seal:
    """Encrypts with the first key and reads with all, so that a key can be replaced."""

    def __init__(self, keys: list[str]) -> None:
        try:
            self._box = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise BadInput(
                "bad_secret_key",
                Text("The installation's secret key cannot be used.", "系统密钥无法使用。"),
                field="TIDEWHEEL_SECRET_KEY",
                hint=Text(
                    "It is 32 random bytes in URL-safe base 64; several are parted by commas, the newest first.",
                    "应为 32 字节随机数的 URL 安全 base64；多个密钥以逗号分隔，最新的在前。",
                ),
            ) from None

    @classmethod
    def of(cls, settings: Settings) -> Seal:
        """Return the seal of an installation; without a key in the settings, one is made in the data folder."""
        if settings.secret_key is not None:
            return cls(
                [key.strip() for key in settings.secret_key.get_secret_value().split(",") if key.strip()]
            )
        return cls([kept_private(settings.home / FILE, lambda: Fernet.generate_key().decode())])

    def close(self, secrets: dict[str, Any]) -> str:
        """Return secrets encrypted."""
        return self._box.encrypt(json.dumps(secrets).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """Undo :meth:`close`."""
        try:
            found: dict[str, Any] = json.loads(self._box.decrypt(sealed.encode()))
        except InvalidToken:
            raise BadInput(
                "other_secret_key",
                Text("The password was kept under another key.", "密码是用另一个密钥保存的。"),
                field="TIDEWHEEL_SECRET_KEY",
                hint=Text(
                    "Bring back secret.key of the data folder, or enter the password again.",
                    "请恢复数据目录中的 secret.key，或重新填写密码。",
                ),
            ) from None
        return found
