"""The couriers' own forms of number, written from what they tell the public.

`rank` orders the forms that fit one number and whose check digits say the same: the likelier courier has the lower one.
It is 0 for a beginning that is one courier's own, and higher the more a form is bare digits.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from trackway.domain.recognising.checks import four_nine, gls, luhn, mod7, mod10, mod37_36, one_two, three_one_seven
from trackway.domain.simulation import Face, pattern

Key = tuple[int, str]
_PLACES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ%"


class Format(Struct, frozen=True, kw_only=True):
    """A courier's own form of number. `distinct` is one that no other courier has, unless its check digit is wrong.

    `begins` is what its first place may be, `lengths` how long it may be: most forms are ruled out by these two alone.
    """

    name: str
    carrier: str
    pattern: re.Pattern[str]
    lengths: tuple[int, ...]
    begins: str
    check: Callable[[str], bool] | None
    distinct: bool
    rank: int


def _form(
    name: str,
    carrier: str,
    pattern: str,
    lengths: Iterable[int],
    *,
    check: Callable[[str], bool] | None = None,
    distinct: bool = False,
    rank: int = 0,
) -> Format:
    return Format(
        name=name,
        carrier=carrier,
        pattern=re.compile(pattern, re.ASCII),
        lengths=tuple(lengths),
        begins="".join(filter(re.compile(_first(pattern)).match, _PLACES)),
        check=check,
        distinct=distinct,
        rank=rank,
    )


def _first(pattern: str) -> str:
    """The part of a pattern that its first place has to meet; any place where that begins with a choice."""
    found = _FIRST.match(pattern)
    return found[0] if found else "."


_FIRST = re.compile(r"\[[^\]]*\]|\\d|[0-9A-Z]")


def _after(start: int, check: Callable[[str], bool]) -> Callable[[str], bool]:
    """The check over all but the first places."""
    return lambda text: check(text[start:])


def _last(count: int, check: Callable[[str], bool]) -> Callable[[str], bool]:
    """The check over the last places alone."""
    return lambda text: check(text[-count:])


def _under(prefix: str, check: Callable[[str], bool]) -> Callable[[str], bool]:
    """The check over the places and a prefix before them that is not printed."""
    return lambda text: check(prefix + text)


_UPS = (
    _form("UPS 1Z", "ups", r"1Z[0-9A-Z]{15}\d", [18], check=_after(2, one_two), distinct=True),
    _form("UPS waybill", "ups", r"[AHJKTV]\d{10}", [11], check=_after(1, one_two), rank=1),
    _form("UPS Mail Innovations", "ups", r"MI\d{6}[0-9A-Z]{1,22}", range(9, 31)),
    _form("UPS Mail Innovations", "ups", r"92748(?:\d{17}|\d{21})", [22, 26], check=mod10, distinct=True, rank=2),
    _form("UPS, 18 digits", "ups", r"[1-9]\d{17}", [18], rank=8),
    _form("UPS, 9 digits", "ups", r"\d{9}", [9], rank=8),
)
_FEDEX = (
    _form("FedEx Express", "fedex", r"\d{12}", [12], check=three_one_seven, rank=2),
    _form("FedEx Ground", "fedex", r"\d{15}", [15], check=mod10, rank=2),
    _form("FedEx Ground 96", "fedex", r"96\d{20}", [22], check=_last(15, mod10), distinct=True),
    _form("FedEx barcode", "fedex", r"\d{34}", [34], check=_last(12, three_one_seven), rank=3),
    _form("FedEx Ground SSCC-18", "fedex", r"00\d{16}", [18], check=mod10, rank=1),
    _form("FedEx door tag", "fedex", r"DT\d{12}", [14], check=_after(2, three_one_seven), distinct=True),
    _form("FedEx SmartPost", "fedex", r"(?:02|58|61)\d{18}", [20], check=_under("92", mod10), rank=1),
    _form("FedEx SmartPost", "fedex", r"02\d{18}", [20], check=_under("91", mod10), rank=3),
    _form("FedEx SmartPost", "fedex", r"[1-9]\d{19}", [20], check=_under("92", mod10), rank=5),
    _form("FedEx SmartPost 92", "fedex", r"92(?:02|58|61)\d{18}", [22], check=mod10, distinct=True, rank=3),
)
_USPS = (
    _form("USPS, 20 digits", "us.post", r"\d{20}", [20], check=mod10, rank=2),
    _form("USPS IMpb", "us.post", r"9[1-5]\d{20}", [22], check=mod10, distinct=True, rank=1),
    _form("USPS IMpb", "us.post", r"9[1-5]\d{24}", [26], check=mod10, distinct=True, rank=1),
    _form("USPS IMpb with ZIP", "us.post", r"420\d{5}9[1-5]\d{20}", [30], check=_after(8, mod10), distinct=True),
    _form("USPS IMpb with ZIP+4", "us.post", r"420\d{9}9[1-5]\d{20}", [34], check=_after(12, mod10), distinct=True),
    _form("USPS IMpb with ZIP", "us.post", r"420\d{5}9[1-5]\d{24}", [34], check=_after(8, mod10), distinct=True),
)
_DHL_92 = r"9(?:2612|3612|3748|4748)\d{17}"
_DHL = (
    _form("DHL Express waybill", "dhl", r"\d{10}", [10], check=mod7, rank=2),
    _form("DHL Express waybill", "dhl", r"\d{11}", [11], check=mod7, rank=3),
    _form("DHL piece", "dhl", r"JJ?D\d{10,20}", range(12, 24), rank=1),
    _form("DHL piece", "de.parcels", r"JJ?D\d{10,20}", range(12, 24), rank=2),
    _form("DHL piece", "dhl", r"JVGL\d{8,20}", range(12, 25)),
    _form("DHL Paket", "de.parcels", r"0034\d{16}", [20], check=mod10),
    _form("DHL Paket, 12 digits", "de.parcels", r"\d{12}", [12], check=four_nine, rank=4),
    _form("DHL eCommerce", "de.ecommerce-us", r"GM\d{10,37}", range(12, 40)),
    _form("DHL eCommerce", "de.ecommerce-asia", r"(?:LX|RX|UV|CN|SG|TH|IN|HK|MY)\d{8,37}", range(10, 40), rank=1),
    _form("DHL eCommerce", "de.ecommerce-asia", r"(?!JJD|JVGL|TB)[A-Z]{3,5}\d{7,20}", range(10, 26), rank=9),
    _form("DHL eCommerce 92", "de.ecommerce-us", _DHL_92, [22], check=mod10, distinct=True, rank=4),
    _form(
        "DHL eCommerce 420",
        "de.ecommerce-us",
        rf"420(?:\d{{5}}|\d{{9}}){_DHL_92}",
        [30, 34],
        check=_last(22, mod10),
        distinct=True,
        rank=4,
    ),
)
_NORTH_AMERICA = (
    _form("Amazon", "amazon.us", r"TB[A-Z]\d{12}", [15]),
    _form("Amazon (UK)", "amazon.gb", r"Q[A-Z]\d{10}", [12]),
    _form("Canada Post", "ca.post", r"\d{16}", [16], check=mod10, rank=2),
    _form("Purolator", "purolator", r"(?:3[23]|52)\d{10}", [12], check=luhn, rank=1),
    _form("Purolator", "purolator", r"\d{12}", [12], check=luhn, rank=4),
    _form("Purolator", "purolator", r"[A-Z]{3}\d{9}", [12], rank=1),
    _form("OnTrac", "ontrac", r"[CD]\d{14}", [15], check=one_two, distinct=True),
    _form("LaserShip", "lasership", r"L[A-Z]\d{8}", [10]),
    _form("LaserShip", "lasership", r"1LS[0-9A-Z]{9,18}", range(12, 22)),
    _form("LaserShip", "lasership", r"Q\d{8}[A-Z]", [10]),
    _form("Canpar", "canpar", r"[CDKLSUXZ]\d{20,21}", [21, 22]),
    _form("Landmark Global", "landmark", r"LTN\d{6,12}N\d{1,2}", range(11, 19)),
    _form("Spee-Dee", "spee-dee", r"SP\d{16,20}", range(18, 23)),
    _form("GOFO", "gofo", r"GF[A-Z]{2}\d{10,20}", range(14, 25)),
    _form("GOFO", "gofo", r"CR000\d{9}", [14]),
    _form("Old Dominion", "old-dominion", r"0\d{10}", [11], check=luhn, rank=2),
    _form("Old Dominion", "old-dominion", r"[1-9]\d{10}", [11], check=luhn, rank=4),
)
_EUROPE = (
    _form("Royal Mail 2D", "gb.post", r"(?=\d*[A-F])[0-9A-F]{16}", [16], rank=7),
    _form("Royal Mail 2D", "gb.post", r"(?=\d*[A-F])[0-9A-F]{20,21}", [20, 21], rank=7),
    _form("Parcelforce", "gb.ems", r"[A-Z]{2}\d{7}", [9]),
    _form("Parcelforce", "gb.ems", r"[A-Z]{4}\d{10}", [14], rank=1),
    _form("Yodel", "yodel", r"JJ?D0002\d{12}", [18, 19]),
    _form("Yodel", "yodel", r"\d[A-Z]{3}\d{8}[A-Z]", [13], rank=1),
    _form("Yodel", "yodel", r"\d{12}[A-Z]", [13], rank=1),
    _form("Deutsche Post Matrixcode", "de.post", r"A0[0-9A-F]{18}", [20]),
    _form("Hermes", "hermes.de", r"\d{14}", [14], check=mod10, rank=2),
    _form("DPD label", "dpd.de", r"%?[0-9A-Z]{7}\d{20}[0-9A-Z]", [28, 29], check=_last(28, mod37_36), distinct=True),
    _form("DPD with check", "dpd.de", r"\d{14}[0-9A-Z]", [15], check=mod37_36, rank=3),
    _form("DPD (UK)", "dpd.gb", r"15\d{12}", [14], rank=1),
    _form("DPD", "dpd.de", r"\d{14}", [14], rank=3),
    _form("GLS", "gls", r"\d{11}", [11], check=gls, rank=5),
    _form("GLS", "gls", r"\d{12}", [12], check=gls, rank=6),
    _form("GLS track ID", "gls", r"[A-Z](?=[A-Z]*\d)[0-9A-Z]{7}", [8], rank=7),
    _form("PostNL", "nl.postnl", r"3S[A-Z]{3,6}\d{6,11}", range(11, 20)),
    _form("Colissimo", "fr.post", r"\d[A-Z]\d{11,13}", [13, 14, 15]),
    _form("Colissimo", "fr.post", r"\d[A-Z]\d{2}[A-Z]\d{8}", [13], rank=1),
    _form("Chronopost", "chronopost", r"[A-Z]{2}\d{9}(?:JB|JF|TS|VT)", [13]),
    _form("Chronopost", "chronopost", r"X[A-Z]\d{9}FR", [13]),
    _form("Correos", "es.post", r"P[A-Z][0-9A-Z]{4}\d{16}[A-Z]", [23]),
)
_ASIA_PACIFIC = (
    _form("SF Express", "sf", r"SF\d{12,13}", [14, 15]),
    _form("YunExpress", "yunexpress", r"YT\d{16}", [18]),
    _form("YTO", "yto", r"YT\d{13}", [15]),
    _form("4PX", "4px", r"4PX\d{13}(?:CN)?", [16, 18]),
    _form("Cainiao", "cainiao", r"LP\d{14,16}", [16, 17, 18]),
    _form("J&T Express", "jt.cn", r"JT\d{13}", [15]),
    _form("J&T International", "jt", r"JTE\d{12}", [15]),
    _form("J&T Express (ID)", "jt.id", r"J[A-Z]\d{10}", [12]),
    _form("Yanwen", "yanwen", r"[A-Z]{2}\d{9}YP", [13]),
    _form("Yanwen", "yanwen", r"YW\d{10,16}", range(12, 19)),
    _form("Australia Post", "au.post", r"[A-Z][0-9A-Z]{2,4}\d{7}01\d{6,11}", range(18, 26), rank=5),
    _form("Australia Post", "au.post", r"(?:99|3[3-6])[0-9A-Z]{1,3}\d{7}01\d{6,11}", range(18, 26), rank=9),
)
_OURS = (
    _form("Simulated", "simulated", pattern(Face.PLAIN), range(8, 48), distinct=True),
    _form("Simulated", "simulated.post", pattern(Face.POST), range(12, 51), distinct=True),
    _form("Simulated", "simulated.courier", pattern(Face.COURIER), range(15, 51), distinct=True),
)
FORMATS = (*_OURS, *_UPS, *_FEDEX, *_USPS, *_DHL, *_NORTH_AMERICA, *_EUROPE, *_ASIA_PACIFIC)


def _by_look(forms: Iterable[Format]) -> Mapping[Key, tuple[Format, ...]]:
    found: dict[Key, list[Format]] = defaultdict(list)
    for form in forms:
        for length in form.lengths:
            for place in form.begins:
                found[length, place].append(form)
    return {key: tuple(some) for key, some in found.items()}


_BY_LOOK = _by_look(FORMATS)


def formats_like(text: str) -> tuple[Format, ...]:
    """The few forms that a text may have, told by its length and its first place."""
    return _BY_LOOK.get((len(text), text[:1]), ())
