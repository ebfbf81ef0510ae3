"""The words of the Hongkong Post Mail Tracking API v1.0, as server and as client (readings H1 to H26)."""

from msgspec import Struct


class Credentials(Struct, kw_only=True):
    """The body of `authenticate`, section 3."""

    sysId: str
    sysSecret: str


class Token(Struct, kw_only=True):
    """The answer of `authenticate`, section 3; `expiry` is Unix seconds (H19)."""

    id_token: str
    expiry: int


class Detail(Struct, kw_only=True):
    """One event of an item, section 4; `eventDateTime` is `DD-MM-YYYY HH24:MI` at the event's place (H22)."""

    eventDateTime: str = ""
    eventLocation_code: str = ""
    eventLocation_e: str = ""
    eventLocation_c: str = ""
    eventLocation_s: str = ""
    eventMsg_e: str = ""
    eventMsg_c: str = ""
    eventMsg_s: str = ""


class Result(Struct, kw_only=True):
    """One item of `deliveryResultList`, section 4."""

    itemNo: str = ""
    status: int = 0
    errMsg: str = ""
    postingDateTime: str = ""
    dropOffPoint_e: str = ""
    dropOffPoint_c: str = ""
    dropOffPoint_s: str = ""
    orgCnty_code: str = ""
    orgCnty_e: str = ""
    orgCnty_c: str = ""
    orgCnty_s: str = ""
    destCnty_code: str = ""
    destCnty_e: str = ""
    destCnty_c: str = ""
    destCnty_s: str = ""
    milestone_e: str = ""
    milestone_c: str = ""
    milestone_s: str = ""
    itemDeliveryStatusDetailList: list[Detail] = []


class Answer(Struct, kw_only=True):
    """The whole answer of `mailTracking`, section 4 (H2, H8)."""

    status: int
    errMsg: str = ""
    itemCount: int = 0
    deliveryResultList: list[Result] = []
