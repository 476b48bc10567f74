"""A person in a path: an identifier may have slashes of its own (``openid:wx7c1e/oA1``)."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class _Person(Convertor[str]):
    """The rest of a path, unless it asks for a part of a person."""

    regex = "(?!.+/(?:events|consents|may-contact|export)$).+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("person", _Person())
