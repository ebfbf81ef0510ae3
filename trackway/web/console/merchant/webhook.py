"""The webhook: where it is, whether it answers, how pushes are signed, and what became of each."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.errors import ConfigError
from trackway.domain.errors.webhooks import WebhookAddressMalformed
from trackway.domain.person import Role
from trackway.domain.webhook import Outcome
from trackway.egress.client import Reply
from trackway.service.merchants.webhooks import Webhooks
from trackway.storage.telling.deliveries import COUNTED, Delivery
from trackway.web.console.base.kit import Kit
from trackway.web.console.base.places import local
from trackway.web.console.base.policy import headers, policy
from trackway.web.console.base.visit import Visit
from trackway.web.console.merchant.pushes import read_asked

PATH = "/console/webhook"
_MOST, _MOST_AGAIN, _NAMED = 50, 1000, 10


class WebhookPage:
    """A reader looks; an operator tests and sends again; an owner says where pushes go."""

    def __init__(self, kit: Kit, *, webhooks: Webhooks) -> None:
        self._kit = kit
        self._webhooks = webhooks

    def routes(self) -> list[BaseRoute]:
        """The page, one message, and what is done from them."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(PATH, self.change, Role.OWNER),
            self._kit.post(f"{PATH}/test", self.test, Role.OPERATOR),
            self._kit.post(f"{PATH}/replay", self.replay, Role.OPERATOR),
            self._kit.post(f"{PATH}/replay/all", self.replay_all, Role.OPERATOR),
            self._kit.get(f"{PATH}/{{id:int}}", self.one),
            self._kit.get(f"{PATH}/{{id:int}}/data", self.data),
        ]

    async def show(self, visit: Visit) -> Response:
        """Address, signature, health and log."""
        return await self._page(visit)

    async def change(self, visit: Visit) -> Response:
        """Another address, or none where that was asked for; a wrong one comes back with what is wrong."""
        url = "" if visit.form["clear"] else visit.form["url"].strip()
        if not url and not visit.form["clear"]:
            return await self._page(visit, 422, typed=url, wrong=visit.t("webhook.empty"))
        try:
            with visit.doing("webhook.address", url):
                await self._webhooks.set_url(visit.account.name, url)
        except WebhookAddressMalformed as why:
            return await self._page(visit, 422, typed=url, wrong=visit.t(f"flaws.{why.flaw}"))
        return visit.back(PATH, "webhook.kept" if url else "webhook.cleared")

    async def test(self, visit: Visit) -> Response:
        """A sample push, and what came back."""
        url = visit.account.webhook_url
        reply = await self._webhooks.test(visit.account.name, visit.now)
        await self._kit.audit.note(visit.deed("webhook.test", url, _told(reply)), visit.now)
        return await self._page(visit, reply=reply)

    async def replay(self, visit: Visit) -> Response:
        """Send the chosen messages again, as far as they are finished."""
        digits = [text for text in visit.form.all("id") if text.isascii() and text.isdigit()]
        ids = [int(text[:20]) for text in digits[:_MOST_AGAIN]]
        with visit.doing("webhook.replay", _named(ids), done=bool):
            sent = await self._webhooks.replay(visit.account.name, ids, visit.now)
        return _said(visit, local(visit.form["back"]) or PATH, sent)

    async def replay_all(self, visit: Visit) -> Response:
        """Send what a filter finds again, the newest thousand."""
        asked = read_asked({name: visit.form[name] for name in ("outcome", "number", "since", "until")})
        if not asked.given:
            return visit.wrong(PATH, visit.t("webhook.say_which"))
        told = ", ".join(f"{name} {value}" for name, value in asked.given.items())
        with visit.doing("webhook.replay", detail=told, done=bool):
            sent = await self._webhooks.replay_found(visit.account.name, asked.sought, _MOST_AGAIN, visit.now)
        return _said(visit, PATH + asked.address(), sent)

    async def one(self, visit: Visit) -> Response:
        """One message: what it said, how it was signed, and each attempt."""
        push = await self._meant(visit)
        if push is None:
            return visit.missing()
        signed = await self._webhooks.signed(visit.account.name, visit.now, push.message.id)
        return visit.page("merchant/message.html", push=push, signed=signed, url=visit.account.webhook_url)

    async def data(self, visit: Visit) -> Response:
        """The bytes of a message's data, as they are hashed."""
        push = await self._meant(visit)
        if push is None or push.body is None:
            return visit.missing()
        name = f'attachment; filename="{push.message.name}.json"'
        kept = {**headers(policy("")), "Content-Disposition": name}
        return Response(push.body.encode(), media_type="application/json", headers=kept)

    async def _meant(self, visit: Visit) -> Delivery | None:
        try:
            return await self._webhooks.one(visit.account.name, visit.request.path_params["id"])
        except ConfigError:
            return None

    async def _page(self, visit: Visit, status: int = 200, **more: Any) -> Response:
        name, asked = visit.account.name, read_asked(visit.request.query_params)
        pushes = await self._webhooks.find(name, asked.sought, _MOST + 1)
        values = {
            "url": visit.account.webhook_url,
            "asked": asked,
            "pushes": pushes[:_MOST],
            "older": asked.behind(pushes[_MOST - 1].message) if len(pushes) > _MOST else "",
            "counts": await self._webhooks.counts(name, visit.now),
            "counted": COUNTED,
            "outcomes": list(Outcome),
            "signed": await self._webhooks.signed(name, visit.now),
            "most_again": _MOST_AGAIN,
        }
        return visit.page(
            "merchant/webhook.html", status, **{"reply": None, "typed": None, "wrong": "", **values, **more}
        )


def _said(visit: Visit, back: str, sent: list[int]) -> Response:
    if not sent:
        return visit.wrong(back, visit.t("webhook.none_again"))
    return visit.back(back, "webhook.again", n=len(sent))


def _told(reply: Reply) -> str:
    return reply.fault or f"HTTP {reply.status}"


def _named(ids: list[int]) -> str:
    more = f" … {len(ids)}" if len(ids) > _NAMED else ""
    return ", ".join(map(str, ids[:_NAMED])) + more
