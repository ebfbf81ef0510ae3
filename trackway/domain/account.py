"""The customer, and the key that they call with."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct


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


def admits(networks: tuple[str, ...], address: str) -> bool:
    """Whether an address list lets the address in: an empty list lets in all."""
    if not networks:
        return True
    try:
        caller = normal_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in networks)
