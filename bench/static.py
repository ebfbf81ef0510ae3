"""The bare limit: the same bytes from the same server software, with nothing behind it."""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from trackway.web.around.protocol import PlainHttp


def _reply(path: Path) -> BaseRoute:
    body = path.read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Route(f"/track/v1/{path.stem}", answer, methods=["POST"])


def main(port: int, folder: Path) -> None:
    """Answer each endpoint with the file of its name."""
    app = Starlette(routes=[_reply(path) for path in sorted(folder.glob("*.json"))])
    uvicorn.run(app, port=port, http=PlainHttp, log_config=None, access_log=False, server_header=False, lifespan="off")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
