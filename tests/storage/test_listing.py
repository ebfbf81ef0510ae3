"""How lists are found: by the plans of SQLite, which chooses without having seen the rows."""

from typing import Any

import pytest

from tests.conftest import NOW
from trackway.domain.following.listing import Filter, Span
from trackway.domain.tracking import Milestone
from trackway.storage.database import Row
from trackway.storage.statement import Statement
from trackway.storage.store import Store
from trackway.storage.tracking.listing import Listing


class Explained:
    """A store that keeps the plan of each question beside answering it."""

    def __init__(self, store: Store) -> None:
        self._main, self.plans = store.main, list[str]()

    async def scan(self, statement: Statement, **values: Any) -> list[Row]:
        text, given = statement.for_sqlite(values)
        assert isinstance(given, dict)
        self.plans += [row[3] for row in await self._main.scan(Statement(f"EXPLAIN QUERY PLAN {text}"), **given)]
        return await self._main.scan(statement, **values)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(), "tracking_by_state"),
        (Filter(followed=True), "tracking_by_state"),
        (Filter(followed=False), "tracking_at_rest"),
        (Filter(milestones=(Milestone.DELIVERED,)), "tracking_by_state"),
        (Filter(carrier=8011), "tracking_by_carrier"),
        (Filter(stopped=Span(start=NOW)), "tracking_by_stop"),
        (Filter(number="RT215770195HK"), "sqlite_autoindex_tracking_1"),
    ],
)
async def test_a_list_walks_an_index_and_sorts_nothing_but_what_a_page_may_hold(
    store: Store, wanted: Filter, index: str
) -> None:
    explained = Explained(store)
    await Listing(explained).page(1, wanted, 1, NOW)  # type: ignore[arg-type]
    assert any(f"INDEX {index} " in plan for plan in explained.plans), explained.plans
    assert "SCAN tracking" not in explained.plans
