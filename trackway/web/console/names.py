"""What carriers are called in the reader's language."""

from trackway.domain.carrier import Catalogue


def carrier_name(catalogue: Catalogue, key: int, language: str) -> str:
    """The carrier's name, or its key where we know no other."""
    if key not in catalogue:
        return str(key)
    carrier = catalogue.by_key(key)
    return {"zh-Hant": carrier.name_zh_hant, "zh-Hans": carrier.name_zh_hans}.get(language, carrier.name_en)
