"""Tidewheel: the growth system a retail brand runs itself."""

from tidewheel.client import Client

__version__ = "0.1.0"

__all__ = ["Client", "__version__"]
