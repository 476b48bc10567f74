"""Text in the product's two first languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or title in English and Chinese; ``{name}`` marks are filled by :meth:`format`."""

    en: str
    zh: str

    def say(self, language: Language, **values: object) -> str:
        """Return the text in ``language`` with its marks filled in."""
        sentence = self.zh if language == "zh" else self.en
        return sentence.format(**values) if values else sentence


@lru_cache(maxsize=128)
def preferred_language(accept_language: str | None) -> Language:
    """Pick ``zh`` or ``en`` from an Accept-Language header (RFC 9110 §12.5.4); English when unsure."""
    best: tuple[float, Language] = (0.0, "en")
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.split("-")[0].lower()
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary == "zh" and quality > best[0]:
            best = (quality, "zh")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]
