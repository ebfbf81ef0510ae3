"""Nothing inside can be named, however it is spelled; what is public can."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.egress.hostile import HOSTILE, PUBLIC, spellings
from trackway.domain.errors.webhooks import WebhookAddressMalformed, WebhookAddressMissing
from trackway.egress.address import parse, permitted

DENIED_4 = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
DENIED_6 = [
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/32",
    "2001:2::/48",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_is_refused(url: str) -> None:
    with pytest.raises((WebhookAddressMalformed, WebhookAddressMissing)):
        parse(url)


def test_there_are_enough_hostile_urls() -> None:
    assert len(HOSTILE) >= 150


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_url_passes(url: str) -> None:
    endpoint = parse(url)
    assert endpoint.host.isascii()
    assert endpoint.path.startswith("/")
    assert parse(f"{endpoint.scheme}://{endpoint.authority()}{endpoint.path}") == endpoint


def test_the_parts_of_a_url() -> None:
    endpoint = parse("HTTPS://Bücher.Example:8443/a%2Fb/ü?q=1&r=[x]#part")
    assert (endpoint.scheme, endpoint.host, endpoint.port) == ("https", "xn--bcher-kva.example", 8443)
    assert endpoint.path == "/a%2Fb/%C3%BC?q=1&r=[x]"
    assert endpoint.authority() == "xn--bcher-kva.example:8443"
    assert parse("https://example.com:443?x").authority() == "example.com"
    assert parse("https://example.com:443?x").path == "/?x"


@pytest.mark.parametrize("url", ["", "   "])
def test_no_url_is_another_refusal(url: str) -> None:
    with pytest.raises(WebhookAddressMissing):
        parse(url)


@pytest.mark.parametrize("text", [*DENIED_4, *DENIED_6])
def test_the_table_covers_the_special_purpose_registries(text: str) -> None:
    network = ip_network(text)
    for address in (network[0], network[-1], network[network.num_addresses // 2], network[network.num_addresses // 3]):
        assert not permitted(address)


@pytest.mark.parametrize("text", ["11.0.0.0", "9.255.255.255", "126.255.255.255", "128.0.0.0", "2000::1", "2003::1"])
def test_the_neighbours_of_the_table_are_public(text: str) -> None:
    assert permitted(ip_address(text))


_IN_DENIED_4 = st.one_of([st.ip_addresses(v=4, network=text) for text in DENIED_4])
_IN_DENIED_6 = st.one_of([st.ip_addresses(v=6, network=text) for text in DENIED_6])


@given(_IN_DENIED_4, st.integers(0, len(spellings(IPv4Address(0))) - 1), st.sampled_from(["http", "https"]))
def test_no_spelling_of_a_denied_address_passes(four: IPv4Address, spelling: int, scheme: str) -> None:
    with pytest.raises(WebhookAddressMalformed):
        parse(f"{scheme}://{spellings(four)[spelling]}:8080/hook")


@given(_IN_DENIED_6, st.sampled_from(["compressed", "exploded", "upper"]))
def test_no_spelling_of_a_denied_ipv6_address_passes(six: IPv6Address, spelling: str) -> None:
    text = six.exploded.upper() if spelling == "upper" else str(getattr(six, spelling))
    with pytest.raises(WebhookAddressMalformed):
        parse(f"http://[{text}]/")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://example.com{text}"):
        try:
            endpoint = parse(url)
        except (WebhookAddressMalformed, WebhookAddressMissing):
            continue
        assert f"{endpoint.host}{endpoint.path}".isascii()
        assert endpoint.address is None or permitted(endpoint.address)


def test_the_operator_may_allow_networks() -> None:
    allowed = (ip_network("192.168.0.0/16"), ip_network("fd00::/8"), ip_network("::1/128"))
    assert parse("http://192.168.1.2:9000/", allowed).port == 9000
    for text in ("192.168.255.255", "::ffff:192.168.1.2", "fd00::1", "::1", "8.8.8.8"):
        assert permitted(ip_address(text), allowed)
    for text in ("10.0.0.1", "127.0.0.1", "::2", "fe80::1", "::192.168.1.2"):
        assert not permitted(ip_address(text), allowed)


@pytest.mark.parametrize("cloud", ["169.254.169.254", "169.254.0.1", "100.100.100.200", "192.0.0.192"])
def test_no_operator_can_allow_what_is_the_clouds(cloud: str) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    for host in spellings(IPv4Address(cloud)):
        with pytest.raises(WebhookAddressMalformed):
            parse(f"http://{host}/", everything)
    assert not permitted(ip_address("fd00:ec2::254"), everything)
    assert permitted(ip_address("10.0.0.1"), everything)


@pytest.mark.parametrize("url", ["http://127.0.0.1:22/", "http://127.0.0.1:23/", "http://10.255.255.1/"])
def test_the_refusal_says_nothing_of_ports(url: str) -> None:
    with pytest.raises(WebhookAddressMalformed) as refusal:
        parse(url)
    assert str(refusal.value) == "this address may not be called"
