"""Where the machine code of kernels is kept, and for which processor it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba.core.registry import cpu_target

from tidewheel.analyse.kernels.retention import entries


def place() -> Path:
    """Return the folder in which numba keeps a kernel's machine code: beside its source, or the user's cache."""
    compiled: Any = entries
    return Path(compiled.stats.cache_path)


def processor() -> str:
    """Return what machine code is made for: a triple, the processor's name and its features."""
    return " ".join(cpu_target.target_context.codegen().magic_tuple())
