"""What carriers are called in the reader's language."""

from trackway.domain.carrier import Catalogue


def carrier_name(catalogue: Catalogue, key: int, language: str) -> str:
    """The carrier's name, or its key where we know no other."""
    return catalogue.by_key(key).name(language) if key in catalogue else str(key)


def carrier_options(catalogue: Catalogue, language: str) -> list[tuple[int, str]]:
    """All carriers by name, to choose from."""
    return sorted(((one.key, one.name(language)) for one in catalogue), key=lambda option: option[1].casefold())
