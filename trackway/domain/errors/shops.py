"""What can be wrong with a shop's page and the links to it."""

from trackway.domain.errors import ConfigError, TrackwayError


class ShopNameMalformed(ConfigError):
    """A shop's name is not 1 to 60 printable characters."""

    def __init__(self, name: str) -> None:
        super().__init__(f"shop name {name[:80]!r}: give 1 to 60 printable characters")
        self.name = name


class ColourMalformed(ConfigError):
    """A colour is not six hexadecimal digits after a #."""

    def __init__(self, colour: str) -> None:
        super().__init__(f"colour {colour[:20]!r}: give #rrggbb")
        self.colour = colour


class OriginMalformed(ConfigError):
    """What may show a page in a frame is no origin, or there are more than twenty."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"origin {origin[:100]!r}: give at most 20, each as https://shop.example and nothing behind it"
        )
        self.origin = origin


class LogoUnfit(ConfigError):
    """A logo is larger than 64 KiB, or neither PNG, JPEG nor WebP."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a logo of {size} bytes: give a PNG, JPEG or WebP image of at most 64 KiB")
        self.size = size


class LinkUnknown(TrackwayError):
    """A public link that opens nothing, or nothing any more."""
