"""The elements under a click as PostHog's browser client sends them, the clicked one first.

Newer clients send a chain (``button.buy:attr__id="b"nth-child="1"text="Buy";form:…``), older ones a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_STEP: Final = re.compile(r'((?:[^;"]|"(?:[^"\\]|\\.)*")*)(?:;|$)')
_PART: Final = re.compile(r'([\w$:-]+?)="((?:[^"\\]|\\.)*)"')
_DEEPEST: Final = 40


def read_elements(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``element`` (its path), ``element_text``, ``element_kind`` … of what was clicked."""
    chain, listed = properties.get("$elements_chain"), properties.get("$elements")
    if isinstance(chain, str) and chain:
        steps = [_step(found[1]) for found in _STEP.finditer(chain[:20_000]) if found[1]]
    elif isinstance(listed, list):
        steps = [_listed(one) for one in listed if isinstance(one, dict)]
    else:
        return {}
    if not steps:
        return {}
    clicked = steps[0]
    said = {
        "element": ">".join(_named(step) for step in reversed(steps[:_DEEPEST])),
        "element_kind": clicked.get("tag"),
        "element_text": properties.get("$el_text") or clicked.get("text"),
        "element_id": clicked.get("id"),
        "element_url": clicked.get("href"),
    }
    return {name: value for name, value in said.items() if value}


def _step(text: str) -> dict[str, str]:
    head, _, rest = text.partition(":")
    tag, *classes = head.split(".")
    parts = {name: value.replace('\\"', '"') for name, value in _PART.findall(rest)}
    return {
        "tag": tag,
        "class": classes[0] if classes else "",
        "id": parts.get("attr__id") or parts.get("attr_id") or "",
        "href": parts.get("href") or parts.get("attr__href") or "",
        "text": parts.get("text", ""),
        "nth": parts.get("nth-of-type") or "1",
    }


def _listed(one: dict[str, Any]) -> dict[str, str]:
    classes = one.get("classes") or one.get("attr__class") or ""
    first = classes[0] if isinstance(classes, list) and classes else str(classes).partition(" ")[0]
    said = {
        "tag": one.get("tag_name"),
        "class": first,
        "id": one.get("attr__id"),
        "href": one.get("attr__href"),
        "text": one.get("$el_text"),
        "nth": one.get("nth_of_type") or "1",
    }
    return {name: str(value) if value else "" for name, value in said.items()}


def _named(step: Mapping[str, str]) -> str:
    """Return one step of a path: by its id, else its first class, else its place among its kind."""
    if step["id"]:
        return f"{step['tag']}#{step['id']}"
    if step["class"]:
        return f"{step['tag']}.{step['class']}"
    return step["tag"] if step["nth"] == "1" else f"{step['tag']}[{step['nth']}]"
