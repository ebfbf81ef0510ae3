"""The usual way to write `mailTracking`: FastAPI, pydantic models, the SQLAlchemy ORM, one session a request."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

SECRET = "k" * 64


class Base(DeclarativeBase):
    """All tables."""


class Partner(Base):
    __tablename__ = "partners"

    sys_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    last_call: Mapped[datetime | None]


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    posted: Mapped[str]
    origin: Mapped[str]
    destination: Mapped[str]
    scans: Mapped[list["Scan"]] = relationship(lazy="selectin", order_by="Scan.time")


class Scan(Base):
    __tablename__ = "scans"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    time: Mapped[str]
    place: Mapped[str]
    place_e: Mapped[str]
    place_c: Mapped[str]
    place_s: Mapped[str]
    message_e: Mapped[str]
    message_c: Mapped[str]
    message_s: Mapped[str]


class Inquiry(BaseModel):
    lang: str = Field(pattern="^[AECS]$")
    itemNo: list[str] = Field(min_length=1, max_length=30)  # noqa: N815  # the document's name


class Detail(BaseModel):
    eventDateTime: str  # noqa: N815
    eventLocation_code: str  # noqa: N815
    eventLocation_e: str  # noqa: N815
    eventLocation_c: str  # noqa: N815
    eventLocation_s: str  # noqa: N815
    eventMsg_e: str  # noqa: N815
    eventMsg_c: str  # noqa: N815
    eventMsg_s: str  # noqa: N815


class Result(BaseModel):
    itemNo: str  # noqa: N815
    status: int = 0
    errMsg: str = ""  # noqa: N815
    postingDateTime: str = ""  # noqa: N815
    orgCnty_code: str = ""  # noqa: N815
    destCnty_code: str = ""  # noqa: N815
    milestone_e: str = ""
    itemDeliveryStatusDetailList: list[Detail] = []  # noqa: N815


class Answer(BaseModel):
    status: int
    errMsg: str = ""  # noqa: N815
    itemCount: int  # noqa: N815
    deliveryResultList: list[Result]  # noqa: N815


def serve(port: int, url: str) -> None:
    """Answer on the port, from the store."""
    engine = create_engine(url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
    sessions = sessionmaker(engine)
    app = FastAPI()

    def session() -> Iterator[Session]:
        with sessions() as opened:
            yield opened

    def partner(db: Annotated[Session, Depends(session)], authorization: Annotated[str, Header()]) -> Partner:
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS512"])
        except jwt.PyJWTError:
            raise HTTPException(401) from None
        found = db.get(Partner, claims["sub"])
        if found is None:
            raise HTTPException(401)
        now = datetime.now(UTC)
        found.calls = found.calls + 1 if found.day == now.toordinal() else 1
        found.day, found.last_call = now.toordinal(), now
        db.commit()
        return found

    @app.post("/mailTrackingAPI/api/version/1/mailTracking", dependencies=[Depends(partner)])
    def track(inquiry: Inquiry, db: Annotated[Session, Depends(session)]) -> Answer:
        found = {item.number: item for item in db.scalars(select(Item).where(Item.number.in_(inquiry.itemNo)))}
        results = [_result(number, found.get(number)) for number in inquiry.itemNo]
        return Answer(status=0, itemCount=len(results), deliveryResultList=results)

    uvicorn.run(app, port=port, log_config=None, access_log=False)


def _result(number: str, item: Item | None) -> Result:
    if item is None:
        return Result(itemNo=number, status=1001, errMsg="item number does not exist")
    return Result(
        itemNo=number,
        postingDateTime=item.posted,
        orgCnty_code=item.origin,
        destCnty_code=item.destination,
        milestone_e="Delivered",
        itemDeliveryStatusDetailList=[
            Detail(
                eventDateTime=scan.time,
                eventLocation_code=scan.place,
                eventLocation_e=scan.place_e,
                eventLocation_c=scan.place_c,
                eventLocation_s=scan.place_s,
                eventMsg_e=scan.message_e,
                eventMsg_c=scan.message_c,
                eventMsg_s=scan.message_s,
            )
            for scan in item.scans
        ],
    )


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
