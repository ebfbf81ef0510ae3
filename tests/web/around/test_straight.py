"""What is asked most takes the straight way, and is counted under its own route all the same."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from trackway.web.around.straight import Straight


class Door:
    """An endpoint that is an application of its own, as those of the operator's face are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(f"{scope['method']} {scope['route'].path}")(scope, receive, send)


async def _other(_: Request) -> Response:
    return Response("other")


async def test_only_the_exact_path_goes_straight() -> None:
    app = Straight(Starlette(routes=[Route("/{rest:path}", _other)]), routes=[Route("/a/b", Door())])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://post") as client:
        assert (await client.put("/a/b?c=d")).text == "PUT /a/b"
        for path in ("/a/b/", "/a", "/A/b", "/a/b/c"):
            assert (await client.get(path)).text == "other"
