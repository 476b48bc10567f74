"""Which machines a message may be sent to, so that nobody reaches the inside of a network through the server."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from tidewheel.act.contract import Undelivered
from tidewheel.act.failures import unreached
from tidewheel.core.text import Text

METADATA: Final = frozenset({"169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"})
"""Where clouds hand out credentials to their own machines."""


def resolve(host: str, port: int, *, private: bool) -> tuple[str, int]:
    """Return the address of a host, once, so that it cannot become another one after it was checked.

    Raises Undelivered where any address of the host is one that may not be reached.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unreached(host, error) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allowed(address, private=private):
            raise Undelivered(
                Text(
                    "{host} leads to {address}, which may not be reached.",
                    "{host} 指向 {address}，该地址不允许访问。",
                ),
                again=False,
                host=host,
                address=address,
            )
    return addresses[0], port


def allowed(address: str, *, private: bool) -> bool:
    """Say whether a message may go to an IP address; ``private`` admits those that are not on the internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    if ip in _NAT64:
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if (
        str(inner) in METADATA
        or inner.is_link_local
        or inner.is_multicast
        or inner.is_unspecified
        or (inner.is_reserved and not inner.is_loopback)
    ):
        return False
    return private or inner.is_global


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
