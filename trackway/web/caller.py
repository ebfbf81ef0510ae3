"""Where a request really comes from (F29)."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from starlette.requests import Request

from trackway.domain.account import normal_address

Networks = Sequence[IPv4Network | IPv6Network]


def caller_address(request: Request, trusted: Networks) -> str:
    """The caller's address: the socket's peer, or what a trusted proxy says of its own peer, and so on.

    X-Forwarded-For is walked from the right, only while the hop that wrote it is one of `trusted`; what the first
    untrusted hop claims is never believed. An unreadable hop ends the walk with an address that no list admits.
    """
    hop = request.client.host if request.client else ""
    if not trusted:
        return hop
    claims = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while claims and _trusted(hop, trusted):
        claim = claims.pop().strip()
        if not claim:
            break
        hop = claim
    return hop


def _trusted(hop: str, trusted: Networks) -> bool:
    try:
        address = normal_address(hop)
    except ValueError:
        return False
    return any(address in network for network in trusted)


def is_https(request: Request, trusted: Networks) -> bool:
    """Whether the caller speaks https, with us or with the trusted proxy in front of us."""
    peer = request.client.host if request.client else ""
    if request.url.scheme == "https":
        return True
    return _trusted(peer, trusted) and request.headers.get("x-forwarded-proto", "").strip().lower() == "https"
