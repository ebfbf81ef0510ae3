"""The customer, and the key that they call with."""

from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from msgspec import Struct

_MAPPED_BITS = 96


class Account(Struct, frozen=True, kw_only=True):
    """A customer as their key finds them. No `networks` let any address in; `key_id` is the key used."""

    id: int
    name: str
    key_id: int = 0
    disabled: bool = False
    webhook_url: str = ""
    networks: tuple[str, ...] = ()


class Usage(Struct, frozen=True, kw_only=True):
    """What an account has registered, in all and today (UTC), and how much it may; None is without limit (T30)."""

    used: int
    day_used: int
    quota: int | None
    daily: int | None


class KeyShown(Struct, frozen=True, kw_only=True):
    """A key as it may be shown: its last four signs, and from when until when it opens."""

    last4: str
    active_from: datetime
    ends_at: datetime | None


class Key(Struct, frozen=True, kw_only=True):
    """A key, once it is announced. From `active_from` on it is the only one (T34)."""

    account: str
    key: str
    active_from: datetime


def normal_address(text: str) -> IPv4Address | IPv6Address:
    """An address, with an IPv4 one that is written as IPv6 unwrapped.

    Raises:
        ValueError: the text is no address.
    """
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def normal_network(text: str) -> IPv4Network | IPv6Network:
    """A network, with host bits cleared, and an IPv4 one that is written as IPv6 unwrapped.

    Raises:
        ValueError: the text is no address or network.

    >>> [str(normal_network(text)) for text in ("203.0.113.7", "203.0.113.7/24", "::ffff:203.0.113.0/120")]
    ['203.0.113.7/32', '203.0.113.0/24', '203.0.113.0/24']
    """
    network = ip_network(text, strict=False)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS)) if mapped else network


def admits(networks: tuple[str, ...], address: str) -> bool:
    """Whether an address list lets the address in: an empty list lets in all."""
    if not networks:
        return True
    try:
        caller = normal_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in networks)
