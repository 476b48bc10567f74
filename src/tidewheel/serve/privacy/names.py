"""From what people type to the identifiers that are kept: tidied, and hashed where the project hashes them."""

from __future__ import annotations

from tidewheel.collect.identifiers import read_who
from tidewheel.collect.problems import Refused
from tidewheel.core.ids import split_actor
from tidewheel.serve.access import Place


def reference(place: Place, text: str) -> str:
    """Return a person's public id as it is, and ``type:value`` as it is kept."""
    kind, value = split_actor(text)
    return _kept(place, kind, value) or text if kind in place.store.view.rules.ranks and value else text


def identifiers_like(place: Place, text: str) -> list[str]:
    """Return every identifier that a text may be as a whole."""
    kind, value = split_actor(text)
    known = place.store.view.rules.ranks
    if kind in known and value:
        found = [_kept(place, kind, value)]
    else:
        found = [_kept(place, kind, text) for kind in known]
    return [actor for actor in found if actor is not None]


def _kept(place: Place, kind: str, value: str) -> str | None:
    try:
        actor = read_who({kind: value}, lambda *_: None, place.store.view.rules.ranks)[0]
    except Refused:
        return None
    guard = place.installation.guard(place.project.id)
    return actor if guard is None else guard.seal(actor)
