"""Hongkong Post's Mail Tracking API, asked as its client (readings "As a client")."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec
import structlog
from msgspec import Struct

from trackway.connectors.base import Answers, Inquiry, Kind, Kit, Limits, Setting
from trackway.domain.errors import ConfigError, StorageError
from trackway.domain.errors.carriers import CarrierDeniedAccess
from trackway.domain.tracking import Milestone
from trackway.domain.wording import milestone_of
from trackway.egress.upstream import Upstream
from trackway.wire.hkpost import client as hkpost_client
from trackway.wire.hkpost.client import DAY_ZONE, LANGUAGES

_log = structlog.get_logger(__name__)
_ID = "hongkong-post"
_CARRIER = 8011
_EARLY = timedelta(seconds=60)
_PATIENCE = 0.05
_MOST_NOTED = 1000


class _Token(Struct, frozen=True):
    """A token, and from when on a new one should be fetched."""

    text: str
    stale_at: datetime


class HongkongPost:
    """One partner's account with the operator. The token is one for all processes, sealed where they share it."""

    id = _ID
    carriers = frozenset({_CARRIER})
    limits = Limits(batch=30, spacing=0.12, per_day=100_000, day_zone=DAY_ZONE, in_flight=1)

    def __init__(self, settings: Mapping[str, str], kit: Kit) -> None:
        self._upstream = Upstream(settings["url"], kit.timeout)
        self._credentials = {"sysId": settings["sys_id"], "sysSecret": settings["sys_secret"]}
        self._language = settings["language"]
        self._kit = kit
        self._token: _Token | None = None
        self._noted: set[str] = set()
        account = hashlib.sha256(f"{self._upstream.base}\n{settings['sys_id']}".encode()).hexdigest()[:16]
        self._place = f"token:{_ID}:{account}"

    async def ask(self, inquiries: Sequence[Inquiry]) -> Answers:
        """An answer or a fault for each number; a token that is not accepted is renewed once."""
        numbers = list(dict.fromkeys(inquiry.number for inquiry in inquiries))
        token = await self._valid_token()
        try:
            return await self._ask(numbers, token)
        except CarrierDeniedAccess:
            await self._drop(token)
            await self._kit.sleep(self.limits.spacing)
            return await self._ask(numbers, await self._valid_token())

    async def close(self) -> None:
        """Let go of sockets."""
        await self._upstream.close()

    async def _ask(self, numbers: Sequence[str], token: _Token) -> Answers:
        bearer = {"Authorization": f"Bearer {token.text}"}
        body, http, _ = await self._post("api/version/1/mailTracking", {"lang": "A", "itemNo": numbers}, bearer)
        return hkpost_client.read_answer(
            body, http, numbers, now=self._kit.clock(), language=self._language, judge=self._judge
        )

    def _judge(self, words: Iterable[str]) -> Milestone:
        """The milestone of an event's texts; in transit, and noted once, where none is understood."""
        texts = [word for word in words if word]
        known = next(filter(None, map(milestone_of, texts)), None)
        if known is None and texts[0] not in self._noted and len(self._noted) < _MOST_NOTED:
            self._noted.add(texts[0])
            _log.warning("an event's words are not understood and count as in transit", texts=texts)
        return known or Milestone.IN_TRANSIT

    async def _valid_token(self) -> _Token:
        """A token that is good for a while: ours, another process's, or a new one that one process fetches for all."""
        lease = f"{self._place}:renewal"
        while True:
            now = self._kit.clock()
            if self._token is None or self._token.stale_at <= now:
                self._token = await self._shared_token(now)
            if self._token is not None:
                return self._token
            if await self._kit.shared.take(lease, now, now + timedelta(seconds=self._kit.timeout)):
                try:
                    return await self._shared_token(now) or await self._new_token()
                finally:
                    await self._kit.shared.release(lease)
            await self._kit.sleep(_PATIENCE)

    async def _shared_token(self, now: datetime) -> _Token | None:
        """The token that a process of ours has put down, as long as it is fresh."""
        sealed = await self._kit.shared.get(self._place, now)
        if sealed is None:
            return None
        try:
            return msgspec.json.decode(self._kit.sealer.open(sealed, self._place), type=_Token)
        except StorageError:  # of another master key: as good as none
            return None

    async def _new_token(self) -> _Token:
        """Fetch a token. One that lives too briefly to be renewed a minute early is kept for half its life."""
        body, http, told_at = await self._post("api/authenticate", self._credentials, {})
        now = self._kit.clock()
        text, life = hkpost_client.read_token(body, http, now, told_at or now)
        token = _Token(text, now + max(life - _EARLY, life / 2))
        sealed = self._kit.sealer.seal(msgspec.json.encode(token).decode(), self._place)
        await self._kit.shared.put(self._place, sealed, token.stale_at)
        self._token = token
        return token

    async def _drop(self, token: _Token) -> None:
        """Forget a token that was not accepted, unless another process has put a newer one in its place."""
        self._token = None
        if await self._shared_token(self._kit.clock()) == token:
            await self._kit.shared.release(self._place)

    async def _post(self, path: str, body: object, headers: Mapping[str, str]) -> tuple[bytes, int, datetime | None]:
        """The answer's body, its HTTP status, and the operator's clock where it told one."""
        heard = await self._upstream.post(path, body, headers)
        return heard.body, heard.status, _clock(heard.headers.get("date"))


def _clock(date: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _make(settings: Mapping[str, str], kit: Kit) -> HongkongPost:
    if settings["language"] not in LANGUAGES:
        raise ConfigError(f"language: one of {', '.join(LANGUAGES)}")
    return HongkongPost(settings, kit)


KIND = Kind(
    id=_ID,
    settings=(
        Setting(name="url", about="The operator's base URL, such as https://partner.hongkongpost.hk/mailTrackingAPI"),
        Setting(name="sys_id", about="The API user."),
        Setting(name="sys_secret", about="The API user's access key.", secret=True),
        Setting(name="language", about="The language of events: en, zh-Hant or zh-Hans.", default="en"),
    ),
    make=_make,
)
