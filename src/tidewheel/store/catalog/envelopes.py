"""What only one data folder can read: closed with its public key, opened with a key that never leaves it.

An agreement on X25519 with a key that is used once gives the key of a Fernet token (RFC 7748, HKDF of RFC 5869).
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from cryptography.exceptions import InvalidKey
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

_PURPOSE: Final = b"tidewheel envelope 1"
_SIZE: Final = 32


def new_key() -> str:
    """Return a private key."""
    return base64.urlsafe_b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()


def public(key: str) -> str:
    """Return the public key of a private one."""
    return base64.urlsafe_b64encode(_private(key).public_key().public_bytes_raw()).decode()


def close(public_key: str, content: dict[str, Any]) -> str:
    """Return content that only the holder of the private key can read."""
    receiver = X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(public_key))
    once = X25519PrivateKey.generate()
    own = once.public_key().public_bytes_raw()
    token = _box(once.exchange(receiver), own).encrypt(json.dumps(content).encode())
    return base64.urlsafe_b64encode(own).decode() + token.decode()


def open_with(key: str, closed: str) -> dict[str, Any]:
    """Undo :func:`close`; BadInput for another's key."""
    length = len(base64.urlsafe_b64encode(bytes(_SIZE)))
    try:
        sender = base64.urlsafe_b64decode(closed[:length])
        shared = _private(key).exchange(X25519PublicKey.from_public_bytes(sender))
        found: dict[str, Any] = json.loads(_box(shared, sender).decrypt(closed[length:].encode()))
    except (InvalidToken, InvalidKey, ValueError):
        raise BadInput(
            "other_process_key",
            Text(
                "What was left for this data folder was closed for another key.",
                "留给该数据目录的内容是用另一个密钥加密的。",
            ),
            field="process.key",
            hint=Text(
                "Bring back process.key of this data folder, or start with an empty folder.",
                "请恢复该数据目录的 process.key，或改用空的数据目录。",
            ),
        ) from None
    return found


def _private(key: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key))


def _box(shared: bytes, sender: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=_SIZE, salt=sender, info=_PURPOSE).derive(shared)
    return Fernet(base64.urlsafe_b64encode(derived))
