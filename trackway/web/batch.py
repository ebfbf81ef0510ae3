"""How a batch is answered that somebody sends in with a key: what it came to, or why none of it was kept."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from starlette.requests import Request
from starlette.responses import Response

from trackway.domain.errors import AccessDenied, StorageError
from trackway.web.http import BodyUnreadable, json_response
from trackway.wire.batch import BatchTooLong, Refused, write_loaded, write_problem
from trackway.wire.hkpost.codes import FormatInvalid

Take = Callable[[Request], Awaitable[tuple[int, Sequence[Refused]]]]
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST"}}
_log = structlog.get_logger(__name__)


async def answer_batch(request: Request, take: Take, *, whose: str, what: str) -> Response:
    """What `take` says that it kept and refused of what was sent; it looks first at the key, and `whose` names that."""
    if request.method != "POST":
        return _refused(405, "only POST is answered here")
    try:
        return json_response(write_loaded(*await take(request)))
    except AccessDenied:
        return _refused(401, f"the {whose} key is missing, or is none of ours")
    except (BodyUnreadable, BatchTooLong) as why:
        return _refused(413, str(why) or "the body is larger than 1 MiB, or broke off")
    except FormatInvalid as why:
        return _refused(400, str(why))
    except StorageError:
        _log.exception(f"{whose}_{what}_failed")
        return _refused(503, "nothing was kept; send it again later")


def _refused(status: int, reason: str) -> Response:
    return json_response(write_problem(reason), status, _HEADERS.get(status))
