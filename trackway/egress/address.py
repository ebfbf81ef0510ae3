"""Which addresses we may call: a webhook URL read strictly, and our own table of networks that are never public.

The standard library's `is_private` and `is_global` are wrong for too many addresses to be of use here.
"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from urllib.parse import quote

import idna
from msgspec import Struct

from trackway.domain.errors.webhooks import WebhookAddressMalformed, WebhookAddressMissing

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LONGEST = 2_048
_LONGEST_HOST = 253
_LAST_PORT = 65_535
_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_AS_IT_IS = "%/?:@!$&'()*+,;=[]~"


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part) for part in text.split())


# IANA's special-purpose registries, multicast, and all of IPv6 outside global unicast (2000::/3): that is where
# loopback, v4-compatible, NAT64, discard, segment routing, unique local, link-local and site-local addresses are.
_DENIED = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
    "::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20"
)
# Clouds answer with credentials here; the last two lines are the ways to write such an address inside another one.
_NEVER = _networks(
    "169.254.0.0/16 100.100.100.200 192.0.0.192 fd00:ec2::254 "
    "::169.254.0.0/112 ::100.100.100.200 ::192.0.0.192 "
    "::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16"
)


def permitted(address: Address, allowed: tuple[Network, ...] = ()) -> bool:
    """Whether we may connect there: public, or in a network that the operator allows and that is no cloud's own."""
    plain = (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
    if any(plain in network for network in _NEVER):
        return False
    return any(plain in network for network in allowed) or not any(plain in network for network in _DENIED)


class Endpoint(Struct, frozen=True, kw_only=True):
    """A webhook URL taken apart; `host` is ASCII, and `address` is set where the host is an address already."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def parse(url: str, allowed: tuple[Network, ...] = ()) -> Endpoint:
    """The parts of a webhook URL, read so strictly that no two readers could differ. Any port may be used.

    Raises:
        WebhookAddressMissing: there is no URL.
        WebhookAddressMalformed: it is not http or https, cannot be read in one way only, or names a forbidden address.
    """
    if not url.strip():
        raise WebhookAddressMissing("no webhook address is set")
    if len(url) > _LONGEST:
        raise WebhookAddressMalformed(f"a webhook address has at most {_LONGEST} characters", "long")
    if "\\" in url or any(unicodedata.category(character)[0] in "CZ" for character in url):
        raise WebhookAddressMalformed("a webhook address has no blanks, control characters or backslashes", "blanks")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise WebhookAddressMalformed("a webhook address begins with http:// or https://", "scheme")
    scheme = parts[1].lower()
    host, address, port = _authority(parts[2])
    if address is not None and not permitted(address, allowed):
        raise WebhookAddressMalformed("this address may not be called", "guarded")
    path = quote(parts[3], safe=_AS_IT_IS)
    return Endpoint(
        scheme=scheme,
        host=host,
        port=port or _PORTS[scheme],
        path=path if path.startswith("/") else "/" + path,
        address=address,
    )


def _authority(text: str) -> tuple[str, Address | None, int | None]:
    """Host, address and port of what stands between `//` and the path."""
    parts = _AUTHORITY.fullmatch(text)
    if parts is None:
        raise WebhookAddressMalformed("a webhook address has a host, perhaps a port, and no user name", "parts")
    port = int(parts[2]) if parts[2] else None
    if port is not None and not 1 <= port <= _LAST_PORT:
        raise WebhookAddressMalformed(f"a port is between 1 and {_LAST_PORT}", "port")
    try:
        if parts[1].startswith("["):
            six = IPv6Address(parts[1][1:-1])
            return f"[{six}]", six, port
        host = _name(parts[1])
        return host, IPv4Address(host) if _NUMERIC.fullmatch(host.rpartition(".")[2]) else None, port
    except ValueError:
        raise WebhookAddressMalformed("the host of a webhook address is a name or a plain address", "host") from None


def _name(text: str) -> str:
    """A host name in lower-case ASCII (IDNA 2008).

    Raises:
        ValueError: it is none.
    """
    host = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    host = host.removesuffix(".")
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(text)
    return host
