"""The webhook: where it is, whether it answers, how it is signed, and what was sent to it."""

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import BaseRoute

from trackway.domain.account import Account
from trackway.domain.errors import ConfigError
from trackway.domain.person import Role
from trackway.domain.webhook import Kind, Outcome
from trackway.egress.client import Reply
from trackway.service.access import Access
from trackway.service.webhooks import Webhooks
from trackway.storage.deliveries import Delivery, Sought
from trackway.web.console.base import Kit, Visit
from trackway.wire.webhook import sign

PATH = "/console/webhook"
_MOST, _FEW = 50, 1
_DIGITS = 18


class Signed(Struct, frozen=True, kw_only=True):
    """How one push was signed: what is hashed, with the key's last signs alone, and what comes out."""

    name: str
    event: Kind
    data: str
    last4: str
    sign: str


class WebhookPage:
    """An owner sets and tests it; an operator sends again; a reader looks."""

    def __init__(self, kit: Kit, *, webhooks: Webhooks, access: Access) -> None:
        self._kit = kit
        self._webhooks = webhooks
        self._access = access

    def routes(self) -> list[BaseRoute]:
        """The page, one message, and what is done from them."""
        return [
            self._kit.get(PATH, self.show),
            self._kit.post(PATH, self.change, Role.OWNER),
            self._kit.post(f"{PATH}/test", self.test, Role.OPERATOR),
            self._kit.post(f"{PATH}/replay", self.replay, Role.OPERATOR),
            self._kit.get(f"{PATH}/{{id:int}}", self.one),
        ]

    async def show(self, visit: Visit) -> Response:
        """URL, signature and log."""
        return await self._page(visit, None)

    async def change(self, visit: Visit) -> Response:
        """Another URL, or none."""
        url = visit.form["url"].strip()
        with visit.doing("webhook.url", url):
            await self._webhooks.set_url(visit.account.name, url)
        return visit.back(PATH, "webhook.kept" if url else "webhook.gone")

    async def test(self, visit: Visit) -> Response:
        """A sample push, and what came back word for word."""
        reply = await self._webhooks.test(visit.account.name, visit.now)
        await self._kit.audit.note(visit.deed("webhook.test", visit.account.webhook_url, str(reply.status)), visit.now)
        return await self._page(visit, reply)

    async def replay(self, visit: Visit) -> Response:
        """Send what was chosen again, as far as it is finished."""
        ids = [int(text) for text in visit.form.all("id") if text.isascii() and text.isdigit() and len(text) <= _DIGITS]
        with visit.doing("webhook.replay", detail=", ".join(map(str, ids[:20])), done=bool):
            sent = await self._webhooks.replay(visit.account.name, ids[:_MOST], visit.now)
        back = f"{PATH}/{ids[0]}" if len(ids) == 1 else PATH
        return visit.back(back, "webhook.replayed", n=len(sent)) if sent else visit.wrong(back, visit.t("webhook.none"))

    async def one(self, visit: Visit) -> Response:
        """One message: what it said, and each attempt."""
        identity = visit.request.path_params["id"]
        try:
            if identity >= 1 << 62:
                return visit.missing()
            delivery = await self._webhooks.one(visit.account.name, identity)
        except ConfigError:
            return visit.missing()
        return visit.page("message.html", push=delivery, signed=await self._signed(visit, delivery))

    async def _page(self, visit: Visit, reply: Reply | None) -> Response:
        account: Account = await self._access.named(visit.account.name)
        asked = visit.request.query_params.get("outcome", "")
        outcome = Outcome(asked) if asked in set(Outcome) else None
        pushes = await self._webhooks.find(account.name, Sought(outcome=outcome), _MOST)
        last = await self._webhooks.find(account.name, Sought(outcome=Outcome.DELIVERED), _FEW)
        whole = await self._webhooks.one(account.name, last[0].message.id) if last else None
        return visit.page(
            "webhook.html",
            account=account,
            pushes=pushes,
            outcome=outcome,
            outcomes=list(Outcome),
            reply=reply,
            signed=await self._signed(visit, whole) if whole else None,
        )

    async def _signed(self, visit: Visit, delivery: Delivery) -> Signed | None:
        """How a push is signed with the key that is in force now."""
        keys = await self._access.signing_keys(visit.account.id, visit.now)
        if not keys or not delivery.body:
            return None
        kind, data = delivery.message.kind, delivery.body
        digest = sign(kind, data.encode(), keys[0])
        return Signed(
            name=delivery.message.name,
            event=kind,
            data=data,
            last4=keys[0][-4:],
            sign=digest,
        )
