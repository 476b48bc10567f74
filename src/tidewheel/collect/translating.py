"""Putting what was sent into our words: doing what a vocabulary says."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tidewheel.collect.vocabulary import AS_IT_IS, NOTHING, SENT_AS, ItemWords, Tell, Vocabulary, Words
from tidewheel.collect.wire import WireEvent, WirePerson

_QUICK: Final = 1e11


def translate(words: Vocabulary, sent: WireEvent, tell: Tell) -> WireEvent | None:
    """Return an event in our words; None where it is to be left out."""
    theirs = sent.event
    own = words.events.get(theirs or "", AS_IT_IS)
    if own.leave_out:
        return None
    if words is NOTHING:
        return sent
    prefix, items = words.prefix, sent.items
    properties: dict[str, Any] | None = sent.properties
    if properties:
        if own.items is not None and items is None:
            properties, items = _items(own.items, properties, tell)
        properties = renamed(words.every, properties, "properties", tell, prefix)
        if own is not AS_IT_IS:
            properties = renamed(own, properties, "properties", tell)
    event = own.event or (theirs.removeprefix(prefix) if theirs else theirs)
    if own.set or event != theirs:
        properties = properties or {}
        properties.update(own.set)
        if event != theirs:
            properties[SENT_AS] = theirs
    person = _person(words.person, sent.person, tell, prefix) if sent.person else sent.person
    consent = [_consent(words, one) for one in sent.consent] if sent.consent else sent.consent
    return WireEvent(event, sent.time, sent.id, sent.who, properties, items, person, consent)


def renamed(words: Words, sent: dict[str, Any], place: str, tell: Tell, prefix: str = "") -> dict[str, Any]:
    """Return properties by our names, anew; ``prefix`` is taken off names that are not listed."""
    named = words.properties
    few = not prefix and len(named) <= len(sent)
    out: dict[str, Any] | None = _few_renamed(named, sent) if few else None
    if out is None:
        out = {}
        for theirs, value in sent.items():
            ours = named.get(theirs)
            if ours is None:
                ours = theirs
                if prefix and theirs.startswith(prefix):
                    bare = theirs.removeprefix(prefix)
                    ours = theirs if not bare or bare in sent or bare in out else bare
            if ours:
                out[ours] = value
    for ours, source in words.otherwise.items():
        if out.get(ours) is None and out.get(source) is not None:
            out[ours] = out[source]
    for ours, money in words.amounts:
        value = out.get(ours)
        if value is not None:
            number = _amount(value) if money else _number(value)
            if number is None:
                tell("not_numeric", f"{place}.{ours}", value)
            else:
                out[ours] = number
    return out


def _few_renamed(named: dict[str, str], sent: dict[str, Any]) -> dict[str, Any] | None:
    """Return what going through every property would make of them; None where names meet, so that their order counts."""
    out = sent.copy()
    for theirs, ours in named.items():
        if theirs in sent:
            value = out.pop(theirs)
            if ours in out:
                return None
            if ours:
                out[ours] = value
    return out


def _items(
    words: ItemWords, properties: dict[str, Any], tell: Tell
) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    """Take the items out of an event's properties."""
    rest = properties.copy()
    if words.within is None:
        own = {name: rest.pop(name) for name in words.properties if name in rest}
        return rest, [renamed(words, own, "items[0]", tell)] if own else None
    listed = rest.get(words.within)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return rest, None
    del rest[words.within]
    return rest, [renamed(words, one, f"items[{place}]", tell) for place, one in enumerate(listed)]


def _person(words: Words, sent: WirePerson, tell: Tell, prefix: str) -> WirePerson:
    unset = sent.unset
    if unset:
        unset = [words.properties.get(name, name.removeprefix(prefix)) for name in unset]
    return WirePerson(
        _part(words, sent.set, tell, prefix),
        _part(words, sent.set_once, tell, prefix),
        _part(words, sent.add, tell, prefix),
        _part(words, sent.append, tell, prefix),
        unset,
    )


def _part(words: Words, part: dict[str, Any] | None, tell: Tell, prefix: str) -> dict[str, Any] | None:
    return renamed(words, part, "person", tell, prefix) if part else part


def _consent(words: Vocabulary, sent: dict[str, Any]) -> dict[str, Any]:
    ours = words.consents.get(str(sent.get("purpose")))
    if ours is None:
        return sent
    purpose, _, channel = ours.partition(".")
    return {**sent, "purpose": purpose, "channel": channel or sent.get("channel")}


def _number(value: Any) -> int | float | None:
    """Return a number, or a number in text, whole where it is; None where it is none."""
    exact = _decimal(value)
    if exact is None:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _amount(value: Any) -> int | None:
    """Return an amount in yuan or dollars in fen or cents, half of one to the even one."""
    if type(value) is float and -_QUICK < value < _QUICK:
        fen = value * 100
        whole = round(fen)
        if -0.4 < fen - whole < 0.4:  # too far from a half for the error of a float to matter
            return whole
    elif type(value) is int and -_QUICK < value < _QUICK:
        return value * 100
    exact = _decimal(value)
    return None if exact is None else int((exact * 100).to_integral_value())


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None
