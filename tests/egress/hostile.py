"""URLs that must not lead anywhere inside, in every spelling we know; and public ones that must pass."""

from ipaddress import IPv4Address, IPv6Address


def spellings(four: IPv4Address) -> list[str]:
    """One IPv4 address as hosts of URLs, in ways that some reader somewhere understands."""
    number, octets = int(four), four.packed
    a, b, c, d = octets
    return [
        str(four),
        f"{four}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{b}.{c * 256 + d}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        ".".join(hex(octet) for octet in octets),
        ".".join(f"0{octet:o}" for octet in octets),
        f"0x{a:x}.{b}.0{c:o}.{d}",
        ".".join(f"{octet:04}" for octet in octets),
        str(four).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        str(four).replace(".", "。"),
        str(four).replace(".", "．"),
        str(four).replace(".", "｡"),
        str(four).replace(".", "%2e"),
        f"[::ffff:{four}]",
        f"[::ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]",
        f"[0:0:0:0:0:ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]",
        f"[::{four}]",
        f"[::ffff:0:{four}]",
        f"[64:ff9b::{four}]",
        f"[64:ff9b:1::{four}]",
        f"[{IPv6Address((0x2002 << 112) | (number << 80))}]",
        f"[{IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))}]",
    ]


_INSIDE = [
    *("127.0.0.1", "127.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"),
]

_SIX = [
    *("::", "::1", "0:0:0:0:0:0:0:1", "0000::0001", "::7f00:1", "::a9fe:a9fe", "::ffff:7f00:1", "::ffff:0:7f00:1"),
    *(
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "100:0:0:1::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ),
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1"),
    *("3fff:fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd12:3456:789a::1", "fe80::1", "febf::1"),
    *("fec0::1", "feff::1", "ff02::1", "ff0e::1", "4000::1", "8000::1", "1::1"),
]

_TRICKS = [
    *("", " ", "http", "http:", "http:/", "http://", "http:///", "https:///path", "//example.com/", "example.com"),
    *("ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "dict://127.0.0.1/", "ws://example.com/"),
    *(
        "unix:///run/docker.sock",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http+unix://%2Frun%2Fx.sock/",
        "jar:http:x",
    ),
    *("http:example.com", "http:\\\\example.com", "http:/\\example.com", "http://example.com\\@127.0.0.1/"),
    *(
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://example.com@127.0.0.1/",
        "http://@127.0.0.1/",
    ),
    *("http://example.com:80@127.0.0.1/", "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/"),
    *("http://127.0.0.1/@example.com", "http://127.0.0.1:80/", "http://127.0.0.1:65535/", "HTTP://127.0.0.1/"),
    *("http://127.0.0.1\t/", "http://127.0.0.1\n/", "http://exa\tmple.com/", "http://exa\r\nmple.com/", "http://a\0b/"),
    *(" http://example.com/", "http://example.com/ ", "http://example.com /", "http:// example.com/"),
    *(
        "http://example.com/a b",
        "http://example.com/\r\nX-Evil: 1",
        "http://example.com/\u2028",
        "http://example.com/\x7f",
    ),
    *(
        "http://exa\u200bmple.com/",
        "http://exa\u00admple.com/",
        "http://exa\ufeffmple.com/",
        "http://\u202eexample.com/",
    ),
    *("http://example.com:/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:99999999/"),
    *("http://example.com:-1/", "http://example.com:+80/", "http://example.com:8 0/", "http://example.com:８０/"),
    *("http://example.com:80:80/", "http://example.com:http/", "http://[::1/", "http://::1/", "http://[::1]x/"),
    *("http://[::1%25lo]/", "http://[fe80::1%eth0]/", "http://[127.0.0.1]/", "http://[example.com]/", "http://[]/"),
    *("http://[v1.fe80::a]/", "http://[::1].example.com/", "http://[::1]:80:80/", "http://[::ffff:127.1]/"),
    *("http://%31%32%37.0.0.1/", "http://exam%70le.com/", "http://example.com%00.evil/", "http://example%2ecom/"),
    *("http://.example.com/", "http://example..com/", "http://example.com../", "http://./", "http://../", "http://-/"),
    *("http://-example.com/", "http://example-.com/", "http://exa mple.com/", "http://exa,mple.com/", "http://a;b/"),
    *("http://exa$mple.com/", "http://exa*mple.com/", "http://exa'mple.com/", 'http://exa"mple.com/', "http://<x>/"),
    *(
        "http://127.0.0.1.1/",
        "http://1.2.3/",
        "http://1/",
        "http://0/",
        "http://0x7f/",
        "http://0x/",
        "http://example.1/",
    ),
    *(
        "http://example.0x1/",
        "http://256.256.256.256/",
        "http://1.2.3.256/",
        "http://00000177.0.0.1/",
    ),
    *("http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://¹²⁷.0.0.1/", "http://١٢٧.0.0.1/", "http://𝟏𝟐𝟕.0.0.1/"),
    *(
        "http://ex℀mple.com/",
        "http://example․com\\/",
        "http://exa／mple.com/",
        "http://exa＠mple.com/",
        "http://exa：80/",
    ),
    *("http://exa\ud800mple.com/", "http://" + "a" * 64 + ".com/", "http://" + "a." * 130 + "com/"),
    "http://example.com/" + "a" * 2048,
]

HOSTILE = sorted(
    {f"http://{host}/" for text in _INSIDE for host in spellings(IPv4Address(text))}
    | {f"https://[{text}]:8443/hook" for text in _SIX}
    | set(_TRICKS)
)

PUBLIC = [
    *("http://example.com/", "https://example.com", "HTTPS://EXAMPLE.COM/Hook", "https://example.com./hook"),
    *("https://example.com:8443/hook", "http://example.com:1/", "http://example.com:65535/", "https://example.com?a=b"),
    *("https://example.com/a%2Fb?c=%20#part", "https://hooks.example.co.uk/x/@y/z:1", "https://a-b.example/~x"),
    *("https://under_score.example/", "https://1.example/", "https://0x1.example/", "https://127.0.0.1.example/"),
    *("https://bücher.example/", "https://例え.テスト/", "https://xn--bcher-kva.example/", "https://faß.example/ü?ü=ß"),
    *("http://8.8.8.8/", "http://1.1.1.1:8080/", "http://[2606:4700:4700::1111]/", "http://[2001:4860:4860::8888]:81/"),
    *("http://[::ffff:8.8.8.8]/", "http://172.15.255.255/", "http://172.32.0.1/", "http://100.63.255.255/"),
    *(
        "http://100.128.0.1/",
        "http://192.0.1.1/",
        "http://198.17.255.255/",
        "http://198.20.0.1/",
        "http://223.255.255.1/",
    ),
    *("http://receiver:8080/", "http://localhost/"),
]
