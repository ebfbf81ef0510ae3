"""Every table that Trackway keeps. Instants are milliseconds since 1970, UTC; `migrations/` makes these tables.

A claim is a lease, and a lease is nothing but a `due_at` in the future: whoever finds the row due again takes it over,
and a result is kept only if `due_at` is still the one that the claim set.
"""

from trackway.storage.schema import accounts, carriers, limits, messages, people, post, shops, statistics, trackings
from trackway.storage.schema.base import metadata

__all__ = [
    "accounts",
    "carriers",
    "limits",
    "messages",
    "metadata",
    "people",
    "post",
    "shops",
    "statistics",
    "trackings",
]
