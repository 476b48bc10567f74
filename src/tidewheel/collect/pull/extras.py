"""Libraries that only some connectors need, loaded when one is used."""

from __future__ import annotations

import importlib
from typing import Any

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text


def library(module: str, extra: str) -> Any:
    """Return a module, or say which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise BadInput(
            "missing_library",
            Text("This connector needs a library that is not installed.", "这个连接器需要的程序库尚未安装。"),
            got=module,
            hint=Text(
                "Install it on the server: pip install 'tidewheel[{extra}]'",
                "请在服务器上安装：pip install 'tidewheel[{extra}]'",
            ),
            extra=extra,
        ) from None
