"""Everything that can go wrong: the trunk of one tree, and a file for each limb.

Errors carry facts, never an API code or an HTTP status.
"""

import re
from datetime import datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class TrackwayError(Exception):
    """The root: catch it to catch whatever Trackway itself raises."""


class ConfigError(TrackwayError):
    """A setting or a command line that cannot work; told in one line, exit code 2."""


class StorageError(TrackwayError):
    """The store could not read or write; nothing of the request was kept, and it may be sent again."""


class AccessDenied(TrackwayError):
    """The whole request is refused before any of it is done."""


class Refusal(TrackwayError):
    """A rule said no to one item. It is that item's outcome; the others go on."""


class CarrierFault(TrackwayError):
    """An asking that brought no answer. Raised by connectors, caught where askings are recorded.

    `alarm` asks for a person: going on alone will not mend it. `retry_at` is the earliest useful next asking.
    """

    alarm = False

    def __init__(self, why: str, retry_at: datetime | None = None) -> None:
        super().__init__(_CONTROL.sub(" ", why))  # a carrier's own words, which are kept
        self.retry_at = retry_at
