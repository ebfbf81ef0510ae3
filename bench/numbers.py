"""Numbers of the form S10, all different: number 0, number 1, and so on, in an order as if by chance."""

from typing import NamedTuple

from trackway.domain.number import s10_digit

POSTS = (("HK", 8011), ("CN", 3011), ("GB", 11031), ("DE", 7044), ("US", 21051), ("SG", 19131), ("JP", 10021))
_FIRST_LETTERS = "RLCEUVA"
_SERIALS = 10**8
_HALF = 1 << 17
_KEYS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)


class Number(NamedTuple):
    """A number and the key of the post that it belongs to."""

    text: str
    carrier: int


def number(index: int) -> Number:
    """The number at that place, its check digit right."""
    letters, serial = divmod(_scatter(index), _SERIALS)
    first, second = divmod(letters, 26)
    country, carrier = POSTS[index % len(POSTS)]
    text = f"{serial:08}"
    return Number(f"{_FIRST_LETTERS[first]}{chr(65 + second)}{text}{s10_digit(text)}{country}", carrier)


def _scatter(index: int) -> int:
    """Four rounds of a Feistel network: each of 2^34 places goes to another one, as if by chance."""
    left, right = divmod(index, _HALF)
    for key in _KEYS:
        left, right = right, left ^ ((right * key + key) >> 15) % _HALF
    return left * _HALF + right
