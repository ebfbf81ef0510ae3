"""What gettrackinfo answers is spliced from what was kept: whatever came before, it is what would be written now."""

import random
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tests.conftest import Clock
from tests.house import Receiver, Running
from tests.stage import NUMBER, SCANS, Stage, staged
from trackway.storage.statement import Statement
from trackway.storage.tracking.loading import look
from trackway.wire.track17.track import write_track

_KEPT = Statement(
    "SELECT tracking_id, tracking.account_id, tracking.number, tracking.carrier, tracking.tag, tracking.guess, "
    "track.account_id, track.number, track.carrier, track.tag, track.guess FROM track "
    "JOIN tracking ON tracking.id = tracking_id"
)
_ORPHANS = Statement("SELECT COUNT(*) FROM leg WHERE NOT EXISTS (SELECT 1 FROM tracking WHERE id = tracking_id)")
OTHER = "RT215770200HK"
DEEDS = ("scan", "wait", "changeinfo", "changecarrier", "stoptrack", "retrack", "deletetrack", "register")


class Life(Stage):
    """Deeds by chance, each one that writes what is spliced or takes it away."""

    def __init__(self, shop: Running, inbox: Receiver, source: random.Random) -> None:
        super().__init__(shop, inbox)
        self.source = source
        self.scans = 0

    async def deed(self) -> None:
        one = {"number": self.source.choice([NUMBER, OTHER])}
        name = self.source.choice(DEEDS)
        match name:
            case "scan":
                self.scans = min(self.scans + 1, len(SCANS))
                await self.scan(self.scans, one["number"])
            case "wait":
                self.clock.move(days=self.source.choice([0.1, 1, 20]))
                while await self.janitor.tick() == 0:
                    pass
            case "changeinfo":
                await self.shop.call(name, {**one, "items": {"tag": self.source.choice([None, "", "a", '圖"\\'])}})
            case "changecarrier":
                await self.shop.call(name, [{**one, "carrier_new": self.source.choice([8011, 3011])}])
            case _:
                await self.shop.call(name, [one])
        while await self.poller.tick() == 0:
            pass

    async def check(self) -> int:
        """How many answers were looked at, each of them right."""
        database = self.shop.house.store.main
        kept = [tuple(row) for row in await database.read(_KEPT)]
        assert all(row[1:6] == row[6:] for row in kept)
        assert [tuple(row) for row in await database.read(_ORPHANS)] == [(0,)]
        trackings = (await look(database, sorted(row[0] for row in kept))).values()
        country_key = self.shop.house.carriers.country_key
        fresh = [
            {
                "number": one.number,
                "tag": one.tag or "",
                "track": msgspec.json.decode(write_track(one, country_key)),
            }
            for one in trackings
        ]
        accepted, _ = await self.shop.ask("gettrackinfo", {"number": NUMBER}, {"number": OTHER})
        assert sorted(accepted, key=str) == sorted(fresh, key=str)
        subjects = [{"number": one.number, "carrier": one.carrier} for one in trackings]
        assert (await self.shop.ask("gettrackinfo", *subjects))[0] == fresh
        return len(fresh)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_spliced_is_what_would_be_written_now(
    database_url: str, tmp_path: Path, clock: Clock, seed: int
) -> None:
    async with staged(partial(Life, source=random.Random(seed)), database_url, tmp_path, clock) as life:
        await life.shop.ask("register", {"number": NUMBER, "tag": "mine"}, {"number": OTHER})
        looked_at = 0
        for _ in range(60):
            await life.deed()
            looked_at += await life.check()
        assert looked_at > 20
