"""The Hongkong Post Mail Tracking API described in OpenAPI 3.1, and the page that shows it (H25)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from starlette.routing import BaseRoute

from trackway.domain.post.mail import MAX_NUMBERS
from trackway.web.openapi.base import Json, body, document, reference, schemas
from trackway.web.openapi.base import routes as pages
from trackway.wire.hkpost.api import Answer, Credentials, Detail, Result, Token
from trackway.wire.hkpost.codes import BAD_FORMAT, DENIED, UNAVAILABLE, WORDS

_FIRST_WHOLE = 9991
_OF_ITEMS = [code for code in WORDS if code < _FIRST_WHOLE]
_OF_REQUESTS = [0, *(code for code in WORDS if code >= _FIRST_WHOLE)]
_TIME = {"description": "`DD-MM-YYYY HH24:MI`, local to the place", "examples": ["27-02-2017 16:00"]}


class Inquiry(Struct, kw_only=True):
    """The body of `mailTracking`, section 4, as it should be; whatever else is sent is told its code."""

    lang: Annotated[Literal["A", "E", "C", "S"], Meta(description="All languages, or the only one wanted.")]
    itemNo: Annotated[list[str], Meta(min_length=1, max_length=MAX_NUMBERS)]  # noqa: N815  # the document's name


_MEANINGS: dict[str, dict[str, Json]] = {
    "Credentials": {
        "sysId": {"minLength": 1, "maxLength": 20, "description": "API username."},
        "sysSecret": {"minLength": 1, "maxLength": 36, "description": "Access key."},
    },
    "Token": {"expiry": {"description": "The end of the token, in Unix seconds: 15 minutes from its issue."}},
    "Answer": {
        "status": {"enum": _OF_REQUESTS, "description": "0 whenever the request was processed."},
        "deliveryResultList": {"description": "A result for each number, in the order asked."},
    },
    "Result": {
        "itemNo": {"description": "The number as it was sent."},
        "status": {"enum": _OF_ITEMS},
        "postingDateTime": _TIME,
        "itemDeliveryStatusDetailList": {"description": "The events, oldest first."},
    },
    "Detail": {"eventDateTime": _TIME},
}
_CREDENTIALS = Credentials(
    sysId="api_demo_account", sysSecret="9546d6a3-bef9-409f-b985-c39655a1c3a1"
)  # the document's sample
_TOKEN = Token(id_token="eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhcGkifQ.c2lnbmF0dXJl", expiry=1488337200)  # noqa: S106  # a sample
_INQUIRY = Inquiry(lang="A", itemNo=["RB000000010HK"])
_ANSWER = Answer(
    status=0,
    itemCount=1,
    deliveryResultList=[
        Result(
            itemNo="RB000000010HK",
            postingDateTime="27-02-2017 16:00",
            dropOffPoint_e="Queen's Road Post Office",
            dropOffPoint_c="皇后大道郵政局",
            dropOffPoint_s="皇后大道邮政局",
            orgCnty_code="HK",
            orgCnty_e="HONG KONG",
            orgCnty_c="香港",
            orgCnty_s="香港",
            destCnty_code="HK",
            destCnty_e="HONG KONG",
            destCnty_c="香港",
            destCnty_s="香港",
            milestone_e="Delivered",
            milestone_c="已成功派遞",
            milestone_s="已成功派递",
            itemDeliveryStatusDetailList=[
                Detail(
                    eventDateTime="01-03-2017 11:00",
                    eventLocation_code="HK",
                    eventLocation_e="HONG KONG",
                    eventLocation_c="香港",
                    eventLocation_s="香港",
                    eventMsg_e="Delivered",
                    eventMsg_c="成功派遞",
                    eventMsg_s="成功派递",
                )
            ],
        )
    ],
)


def routes(base: str) -> list[BaseRoute]:
    """The page and the document of the API under that base path."""
    return pages(describe(base), page=f"{base}/swagger-ui/index.html", path=f"{base}/v3/api-docs")


def describe(base: str) -> Json:
    """The API as an OpenAPI 3.1 document."""
    return document(
        title="Hongkong Post Mail Tracking API",
        description="What became of mail items, in three languages. Statuses:\n\n| status | meaning |\n|---|---|\n"
        + "\n".join(f"| {code} | {words} |" for code, words in WORDS.items()),
        server=base,
        paths={
            "/api/authenticate": _operation(
                "authenticate",
                "A token for 15 minutes",
                asked=body("Who asks.", reference(Credentials), _CREDENTIALS),
                told=body("A token, or the code of what is wrong.", reference(Token, Answer), _TOKEN),
                security=[],
            ),
            "/api/version/1/mailTracking": _operation(
                "mailTracking",
                "What became of up to 30 items",
                asked=body("Which items, and in which language.", reference(Inquiry), _INQUIRY),
                told=body("A result for each item, or the code of what is wrong.", reference(Answer), _ANSWER),
            ),
        },
        components={
            "schemas": schemas([Credentials, Inquiry], [Token, Answer], _MEANINGS),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    )


def _operation(name: str, summary: str, *, asked: Json, told: Json, **more: object) -> Json:
    """One address: it answers POST, and each failure with a code of the table."""
    responses = {
        "200": told,
        "401": _refused("The credentials or the token are not accepted.", DENIED, "WWW-Authenticate"),
        "404": _refused("There is no such address.", BAD_FORMAT),
        "405": _refused("Another method than POST.", BAD_FORMAT, "Allow"),
        "503": _refused("The service cannot answer for now.", UNAVAILABLE),
    }
    asked["required"] = True
    return {"post": {"operationId": name, "summary": summary, "requestBody": asked, "responses": responses, **more}}


def _refused(description: str, code: int, header: str = "") -> Json:
    headers = {header: {"required": True, "schema": {"type": "string"}}} if header else {}
    return body(description, reference(Answer), Answer(status=code, errMsg=WORDS[code]), headers=headers)
