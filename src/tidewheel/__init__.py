"""Tidewheel: the growth system a retail brand runs itself."""

__version__ = "0.1.0"

__all__ = ["__version__"]
