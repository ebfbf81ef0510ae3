"""The descriptions of both faces: valid, whole, true to the tables, and shown with no outside host."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis

from tests.conftest import Clock
from tests.house import Running, running
from trackway.web.openapi import carrier as openapi_carrier
from trackway.web.openapi import hkpost as openapi_hkpost
from trackway.web.openapi import operator as openapi_operator
from trackway.web.openapi import track17 as openapi_track17
from trackway.wire.hkpost.codes import WORDS
from trackway.wire.track17 import items as track17_items
from trackway.wire.track17 import requests as track17_requests
from trackway.wire.track17.codes import DENIALS, INTERNAL, NEEDS, REFUSALS, REQUESTS

BASE = "/mailTrackingAPI"
TRACK17, HKPOST = openapi_track17.describe(), openapi_hkpost.describe(BASE)
OPERATOR, CARRIER = openapi_operator.describe(), openapi_carrier.describe()
DOCUMENTS = pytest.mark.parametrize(
    "document", [TRACK17, HKPOST, OPERATOR, CARRIER], ids=["track17", "hkpost", "operator", "carrier"]
)
PAGES = {
    "/carrier/v1/docs": ("/carrier/v1/docs", "/carrier/v1/openapi.json"),
    "/operator/v1/docs": ("/operator/v1/docs", "/operator/v1/openapi.json"),
    "/track/v1/docs": ("/track/v1/docs", "/track/v1/openapi.json"),
    f"{BASE}/swagger-ui/index.html": (f"{BASE}/swagger-ui", f"{BASE}/v3/api-docs"),
}


@pytest.fixture
async def shop(sqlite_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Running]:
    async with running(sqlite_url, tmp_path, clock) as opened:
        yield opened


def contents(document: Any) -> list[Any]:
    """Every body that the document describes."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = [body for found in operations for body in (found["requestBody"], *found["responses"].values())]
    return [body["content"]["application/json"] for body in bodies]


@DOCUMENTS
def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    assert len(list(schema.get_all_operations())) == len(document["paths"])


@DOCUMENTS
def test_each_example_is_as_described(document: Any) -> None:
    for content in contents(document):
        whole = {**content["schema"], "components": document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(content["example"])


@DOCUMENTS
def test_each_reference_leads_somewhere_and_each_schema_is_used(document: Any) -> None:
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert references == set(document["components"]["schemas"])


async def test_it_names_each_endpoint_and_no_other(shop: Running) -> None:
    named = {f"/track/v1{path}" for path in TRACK17["paths"]} | {BASE + path for path in HKPOST["paths"]}
    documented = "register changecarrier changeinfo stoptrack retrack gettracklist gettrackinfo deletetrack push detect"
    assert named == {f"/track/v1/{name}" for name in documented.split()} | {
        f"{BASE}/api/authenticate",
        f"{BASE}/api/version/1/mailTracking",
    }
    for path in named:
        async with shop.session.post(shop.url + path) as answer:
            assert answer.status != 404, path


def test_every_status_is_documented() -> None:
    for document, statuses in ((TRACK17, "200 401 404 429 500 503"), (HKPOST, "200 401 404 405 503")):
        for path in document["paths"].values():
            assert list(path) == ["post"]
            assert " ".join(path["post"]["responses"]) == statuses


def test_what_a_code_means_is_told_in_words_for_merchants() -> None:
    told = TRACK17["info"]["description"]
    assert not re.search(r"\(T\d+\)|`", told)


def test_every_code_is_listed() -> None:
    tables = [REFUSALS.values(), NEEDS.values(), DENIALS.values(), [INTERNAL]]
    codes = {code for table in tables for code, *_ in table} | set(REQUESTS)
    assert set(TRACK17["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == codes | {404, 429}
    assert all(f"| {code} |" in TRACK17["info"]["description"] for code in codes)
    of_requests, of_items = (
        set(HKPOST["components"]["schemas"][name]["properties"]["status"]["enum"]) for name in ("Answer", "Result")
    )
    assert (of_requests | of_items, of_requests & of_items) == (set(WORDS), {0})


def test_requests_are_described_with_the_fields_that_are_read() -> None:
    described = [track17_requests.Registration, track17_requests.CarrierChange, track17_requests.NoteChange]
    fields = {field for kind in described for field in kind.__struct_fields__}
    assert fields == set(track17_items._Loose.__struct_fields__)  # noqa: SLF001  # what the reader knows


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_and_what_it_needs(shop: Running, page: str) -> None:
    assets, document = PAGES[page]
    async with shop.session.get(shop.url + page) as answer:
        html = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in html
    needed = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(needed) == 4
    for name in needed:
        async with shop.session.get(f"{shop.url}{page.rpartition('/')[0]}/{name}") as answer:
            assert answer.status == 200, name
            assert str(answer.url).startswith(f"{shop.url}{assets}/")
            assert int(answer.headers["Content-Length"]) > 100
    async with shop.session.get(f"{shop.url}{assets}/swagger-initializer.js") as answer:
        script = await answer.text()
    (relative,) = re.findall(r'URL\("([^"]+)"', script)
    async with shop.session.get(f"{shop.url}{assets}/{relative}") as answer:
        described = await answer.text()
        assert (answer.status, answer.content_type, answer.url.path) == (200, "application/json", document)
    assert msgspec.json.decode(described)["openapi"] == "3.1.0"
    assert "://" not in html + script + described


async def test_what_else_lies_below_is_the_faces(shop: Running) -> None:
    """T12, H18: no file of the package is served but those that the page needs."""
    for path, code in ((f"{BASE}/swagger-ui/swagger-ui.js", 9993), ("/track/v1/docs/index.html", 404)):
        async with shop.session.get(shop.url + path) as answer:
            body = await answer.json()
            assert (answer.status, body.get("code", body.get("status"))) == (404, code)
    async with shop.session.post(f"{shop.url}/track/v1/docs") as answer:
        assert (answer.status, answer.content_type) == (404, "application/json")
