"""Which addresses of the web may be asked on a stranger's word: only the public internet's."""

import ipaddress
import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_NOT_PUBLIC_4: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT, RFC 6598
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; clouds keep their metadata at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4, deprecated
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_PUBLIC_6: Final = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is handed out. Mapped, link-local, unique local, NAT64 and multicast
addresses lie outside it."""
_NOT_PUBLIC_6: Final = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocols' own; Teredo carries an IPv4 address in it
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Whether this is an IP address of the public internet, in its canonical spelling.

    The ranges are IANA's special-purpose registries (RFC 6890). What is not an address in
    plain dotted or colon form is not public; neither is one with a zone.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_4)
    if parsed.scope_id is not None or parsed not in _PUBLIC_6:
        return False
    return not any(parsed in network for network in _NOT_PUBLIC_6)


def may_be_looked_up(host: str) -> bool:
    """Whether a host of a URL may be asked for: a name, or a public address plainly written.

    Resolvers also read an address from ``2130706433``, ``0x7f.1``, ``0177.0.0.1`` or ``127.1``.
    A name whose last label is a number is such a spelling (WHATWG URL, "ends in a number"), so
    it has to be an address in its canonical form.
    """
    if ":" in host:
        return is_public(host)
    if not _NAME.fullmatch(host):
        return False
    last = host.rstrip(".").rpartition(".")[2].lower()
    if last.isdigit() or last.startswith("0x"):
        return is_public(host)
    return bool(last)
