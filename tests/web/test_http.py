"""A body is read up to a limit, and never held beyond it."""

import pytest
from starlette.requests import Request
from starlette.types import Message

from trackway.web.http import BodyUnreadable, json_response, read_body


def _request(*messages: Message) -> Request:
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def _part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_up_to_the_limit_is_read_whole() -> None:
    assert await read_body(_request(_part(b"ab", more=True), _part(b"c")), limit=3) == b"abc"


async def test_one_byte_more_is_too_much_and_the_rest_is_not_asked_for() -> None:
    with pytest.raises(BodyUnreadable):
        await read_body(_request(_part(b"abcd", more=True)), limit=3)


async def test_a_sender_who_goes_away_sent_nothing() -> None:
    with pytest.raises(BodyUnreadable):
        await read_body(_request(_part(b"ab", more=True), {"type": "http.disconnect"}))


def test_ready_bytes_are_sent_as_json() -> None:
    response = json_response(b"{}", 401, {"WWW-Authenticate": "Bearer"})
    assert (response.status_code, response.body) == (401, b"{}")
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["www-authenticate"] == "Bearer"
