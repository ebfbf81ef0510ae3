"""What a browser is asked to remember: who is signed in, how pages look, and what the next page is to say."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from trackway.web.caller import Networks, is_https
from trackway.web.pages.texts import LANGUAGES

_SAID, _LANGUAGE, _THEME = "trackway-said", "trackway-language", "trackway-theme"
_THEMES = ("auto", "light", "dark")
_YEAR = 365 * 86_400
_MOST_SAID = 1500


class Cookies:
    """All cookies of the console; none is seen by a script or sent by another site's forms."""

    def __init__(self, trusted_proxies: Networks) -> None:
        self._trusted_proxies = trusted_proxies

    def https(self, request: Request) -> bool:
        """Whether the browser speaks https."""
        return is_https(request, self._trusted_proxies)

    def session(self, request: Request) -> str:
        """The name of the session's cookie: one that only https can set, where we are spoken to so."""
        return "__Host-trackway" if self.https(request) else "trackway"

    def remember(self, request: Request, response: Response, name: str, value: str, *, lasts: int | None) -> None:
        """Set a cookie that no script and no other site sees; for the session where `lasts` is None."""
        secure = self.https(request)
        response.set_cookie(name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax")

    def look(self, request: Request, response: Response, *, language: str = "", theme: str = "") -> None:
        """Remember in this browser how pages are to look."""
        if language in LANGUAGES:
            self.remember(request, response, _LANGUAGE, language, lasts=_YEAR)
        if theme in _THEMES:
            self.remember(request, response, _THEME, theme, lasts=_YEAR)

    def language(self, request: Request) -> str:
        """The language chosen in this browser, empty where none was."""
        return request.cookies.get(_LANGUAGE, "")

    def theme(self, request: Request) -> str:
        """The colours chosen in this browser."""
        return request.cookies.get(_THEME, "auto")

    def say(self, request: Request, response: Response, text: str, *, wrong: bool = False) -> Response:
        """Have the next page say something, once."""
        self.remember(request, response, _SAID, _packed(text, wrong=wrong), lasts=60)
        return response

    def to_say(self, request: Request) -> Mapping[str, object] | None:
        """What this page is to say: `text`, and whether it is something `wrong`."""
        return _unpacked(request.cookies.get(_SAID, ""))

    def said(self, response: Response) -> None:
        """It is said, and not said again."""
        response.delete_cookie(_SAID, path="/")


def _packed(text: str, *, wrong: bool) -> str:
    return urlsafe_b64encode(json.dumps({"text": text[:_MOST_SAID], "wrong": wrong}).encode()).decode()


def _unpacked(cookie: str) -> Mapping[str, object] | None:
    try:
        said = json.loads(urlsafe_b64decode(cookie)) if cookie else None
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        return None
    return {"text": said["text"], "wrong": bool(said.get("wrong"))}
