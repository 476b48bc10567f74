"""What the request tells of a visitor that the event does not say: the browser, and the region of the address.

Only a browser's own request says something of the visitor; what a shop's server sends says something of the server. So
the agent and the address of a request count when the agent is a browser's. An event that brings its visitor's
``ip`` or ``user_agent`` along is believed. The address of a request is never kept.
"""

from __future__ import annotations

from typing import Any, Final

from tidewheel.collect.contract import Arrival
from tidewheel.collect.regions import NOWHERE, PLACES

BROWSER: Final = "Mozilla/"
LONGEST: Final = 500


def circumstances(arrival: Arrival) -> dict[str, Any]:
    """Return the properties that a request gives its events."""
    if not arrival.agent.startswith(BROWSER):
        return {}
    place = arrival.regions.find(arrival.address) if arrival.regions and arrival.address else NOWHERE
    return {"user_agent": arrival.agent[:LONGEST], **place}


def completed(properties: dict[str, Any], given: dict[str, Any], arrival: Arrival) -> dict[str, Any]:
    """Return an event's properties with what its request gives where the event does not say it itself."""
    sent = properties.get("ip")
    if isinstance(sent, str) and arrival.regions is not None:
        given = {name: value for name, value in given.items() if name not in PLACES}
        given |= arrival.regions.find(sent.strip())
    if not given:
        return properties
    placed = any(name in properties for name in PLACES)
    added = {
        name: value
        for name, value in given.items()
        if name not in properties and not (placed and name in PLACES)
    }
    return {**properties, **added} if added else properties
