"""Style sheets, scripts and pictures: read once, found under an address that changes with what they say."""

import hashlib
import mimetypes
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from trackway.web.pages.texts import NAMES

_FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """All files of one folder, found under `base`."""

    def __init__(self, folder: Path, base: str) -> None:
        self._base = base
        self._files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
        self._marks = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in self._files.items()}

    def address(self, name: str) -> str:
        """Where a file is, for as long as it says the same.

        Raises:
            KeyError: there is no such file.
        """
        return f"{self._base}/{name}?{self._marks[name]}"

    def routes(self) -> list[BaseRoute]:
        """One address for each file."""
        return [Route(f"{self._base}/{{name}}", self._file)]

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            return PlainTextResponse("there is no such file\n", 404)
        headers = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
        fresh = request.url.query == self._marks[name]
        headers["Cache-Control"] = _FOR_EVER if fresh else "no-cache"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(self._files[name], headers=headers, media_type=kind)


def templates(folder: Path, assets: Assets) -> Environment:
    """The templates of a folder: everything that they say is escaped, and nothing that they name may be missing."""
    found = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals.update(asset=assets.address, languages=NAMES)
    return found
