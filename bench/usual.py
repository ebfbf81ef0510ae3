"""The usual way to write such a server: FastAPI, pydantic models, the SQLAlchemy ORM, one session a request.

It answers `register` and `gettrackinfo` as Trackway does, with the same checks and the same durability. On SQLite its
endpoints are `def`, in FastAPI's thread pool; on PostgreSQL they are `async def` on asyncpg. Both do the same work:
one query finds the numbers of a request, one flush writes them.
"""

import hashlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, UniqueConstraint, create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

from trackway.storage.given.catalogue_carriers import load_carriers

CARRIERS = {carrier.key for carrier in load_carriers()}
MAX_ITEMS = 40
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables of the usual way."""


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    quota: Mapped[int | None] = mapped_column(BigInteger)
    daily: Mapped[int | None] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    day: Mapped[date | None]
    day_used: Mapped[int] = mapped_column(BigInteger, default=0)
    networks: Mapped[list["Network"]] = relationship(back_populates="account", lazy="selectin")


class ApiKey(Base):
    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    ends_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class Network(Base):
    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    network: Mapped[str]
    account: Mapped[Account] = relationship(back_populates="networks")


class Tracking(Base):
    __tablename__ = "trackings"
    __table_args__ = (UniqueConstraint("account_id", "number", "carrier"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(String(50))
    carrier: Mapped[int]
    final_carrier: Mapped[int] = mapped_column(default=0)
    origin: Mapped[int]
    tag: Mapped[str | None] = mapped_column(String(100))
    param: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[int] = mapped_column(default=0)
    registered_at: Mapped[datetime]
    next_check_at: Mapped[datetime | None] = mapped_column(index=True)
    track: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class RegisterItem(BaseModel):
    number: str
    carrier: int | None = None
    final_carrier: int | None = None
    auto_detection: bool = False
    tag: str | None = Field(default=None, max_length=100)
    param: str | None = Field(default=None, max_length=100)


class InfoItem(BaseModel):
    number: str
    carrier: int | None = None


class EventModel(BaseModel):
    a: str
    b: str | None = None
    c: str
    d: str
    z: str


class Extension(BaseModel):
    trN: str  # noqa: N815  # the document's name
    trC: int  # noqa: N815  # the document's name
    psex: int
    pickup: bool
    return_: int = Field(alias="return")
    dt: str
    dtS: str  # noqa: N815  # the document's name
    dtP: str  # noqa: N815  # the document's name
    dtD: str  # noqa: N815  # the document's name
    dtL: str  # noqa: N815  # the document's name


class Track(BaseModel):
    b: int
    c: int
    e: int
    f: int
    w1: int
    w2: int
    z1: list[EventModel]
    z2: list[EventModel]
    z9: list[EventModel]
    ygt1: int
    ygt2: int
    ygt9: int
    is1: int
    is2: int
    ln1: str | None
    ln2: str | None
    ln9: str | None
    hs: int
    z0: EventModel | None = None
    ylt1: str
    ylt2: str
    ylt9: str
    yt: str
    zex: Extension


class Problem(BaseModel):
    code: int
    message: str


class Rejected(BaseModel):
    number: str
    error: Problem


class Registered(BaseModel):
    origin: int
    number: str
    carrier: int


class Tracked(BaseModel):
    number: str
    tag: str
    track: Track


class RegisterData(BaseModel):
    accepted: list[Registered] = []
    rejected: list[Rejected] = []


class InfoData(BaseModel):
    accepted: list[Tracked] = []
    rejected: list[Rejected] = []


class RegisterAnswer(BaseModel):
    code: int = 0
    data: RegisterData


class InfoAnswer(BaseModel):
    code: int = 0
    data: InfoData


def digest(key: str) -> str:
    """How a key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def now() -> datetime:
    """The time in UTC, as the tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _rejected(number: str, code: int, message: str) -> Rejected:
    return Rejected(number=number, error=Problem(code=code, message=message))


def _denied(code: int, message: str) -> HTTPException:
    return HTTPException(401, {"code": code, "message": message})


def authorise(session: Session, key: str | None, address: str) -> Account:
    """The account that calls."""
    if not key:
        raise _denied(-18010005, "Unauthorized access.")
    found = session.scalars(select(ApiKey).where(ApiKey.digest == digest(key))).first()
    if found is None or (found.ends_at is not None and found.ends_at <= now()):
        raise _denied(-18010002, "Access token is invalid.")
    account = found.account
    if account.networks and not any(ip_address(address) in ip_network(row.network) for row in account.networks):
        raise _denied(-18010001, "IP address is not in whitelist.")
    if account.disabled:
        raise _denied(-18010004, "Account is disabled.")
    return account


def _well_formed(number: str) -> bool:
    return number.isascii() and number.isalnum() and 5 <= len(number) <= 50


def _known(session: Session, account: Account, numbers: list[str]) -> list[Tracking]:
    asked = select(Tracking).where(Tracking.account_id == account.id, Tracking.number.in_(numbers))
    return list(session.scalars(asked.order_by(Tracking.id)))


def register_items(session: Session, account: Account, items: list[RegisterItem]) -> RegisterAnswer:
    """Register what is new, as far as quota and day allow."""
    data, today = RegisterData(), now().date()
    session.refresh(account, with_for_update=True)
    if account.day != today:
        account.day, account.day_used = today, 0
    numbers = [item.number.strip().upper() for item in items]
    taken = {(row.number, row.carrier) for row in _known(session, account, numbers)}
    for item, number in zip(items, numbers, strict=True):
        if not _well_formed(number):
            data.rejected.append(_rejected(item.number, -18010012, f"The format of '{item.number}' is invalid."))
        elif not item.carrier:
            data.rejected.append(_rejected(number, -18019903, "The carrier cannot be recognised."))
        elif item.carrier not in CARRIERS:
            data.rejected.append(_rejected(number, -18019910, f"The carrier key '{item.carrier}' is incorrect."))
        elif (number, item.carrier) in taken:
            data.rejected.append(_rejected(number, -18019901, f"'{number}' has been registered."))
        elif account.quota is not None and account.used >= account.quota:
            data.rejected.append(_rejected(number, -18019908, "The quota is used up."))
        elif account.daily is not None and account.day_used >= account.daily:
            data.rejected.append(_rejected(number, -18019907, "The daily limit is reached."))
        else:
            session.add(_tracking(account, number, item.carrier, item))
            account.used += 1
            account.day_used += 1
            taken.add((number, item.carrier))
            data.accepted.append(Registered(origin=1, number=number, carrier=item.carrier))
    session.commit()
    return RegisterAnswer(data=data)


def _tracking(account: Account, number: str, carrier: int, item: RegisterItem) -> Tracking:
    return Tracking(
        account_id=account.id,
        number=number,
        carrier=carrier,
        final_carrier=item.final_carrier or 0,
        origin=1,
        tag=item.tag,
        param=item.param or "",
        registered_at=now(),
        next_check_at=now(),
    )


def track_infos(session: Session, account: Account, items: list[InfoItem]) -> InfoAnswer:
    """The tracks of the numbers asked for, in the order asked."""
    data, known = InfoData(), {}
    for row in _known(session, account, [item.number.strip().upper() for item in items]):
        known.setdefault(row.number, []).append(row)
    for item in items:
        number = item.number.strip().upper()
        if not _well_formed(number):
            data.rejected.append(_rejected(item.number, -18010012, f"The format of '{item.number}' is invalid."))
            continue
        rows = [row for row in known.get(number, ()) if item.carrier in {None, 0, row.carrier}]
        if not rows:
            data.rejected.append(_rejected(number, -18019902, f"'{number}' does not register."))
        for row in rows:
            if row.track is None:
                data.rejected.append(_rejected(number, -18019909, "No tracking information at this time."))
            else:
                track = Track.model_validate(row.track)
                data.accepted.append(Tracked(number=number, tag=row.tag or "", track=track))
    return InfoAnswer(data=data)


def _limited(items: list[Any]) -> None:
    if len(items) > MAX_ITEMS:
        raise HTTPException(400, {"code": -18010014, "message": f"Tracking numbers exceed {MAX_ITEMS} limit."})


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def make_app(url: str) -> FastAPI:
    """The application on `sqlite:///PATH` or `postgresql+asyncpg://…`."""
    app = _on_sqlite(url) if url.startswith("sqlite") else _on_postgres(url)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, why: HTTPException) -> JSONResponse:
        return JSONResponse({"code": why.status_code, "data": {"errors": [why.detail]}}, why.status_code)

    return app


def _on_sqlite(url: str) -> FastAPI:
    """Two engines on one file, since SQLite has one writer: its connection is waited for in the pool, not polled."""
    app = FastAPI()
    readers = sessionmaker(_sqlite(url, "BEGIN", pool_size=8), expire_on_commit=False)
    writers = sessionmaker(_sqlite(url, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0), expire_on_commit=False)

    def opened(maker: sessionmaker[Session]) -> Callable[[], Iterator[Session]]:
        def session() -> Iterator[Session]:
            with maker() as one:
                yield one

        return session

    reading, writing = Annotated[Session, Depends(opened(readers))], Annotated[Session, Depends(opened(writers))]
    key = Annotated[str | None, Header(alias="17token")]

    @app.post("/track/v1/register")
    def register(request: Request, items: list[RegisterItem], session: writing, token: key = None) -> RegisterAnswer:
        _limited(items)
        return register_items(session, authorise(session, token, _address(request)), items)

    @app.post("/track/v1/gettrackinfo")
    def gettrackinfo(request: Request, items: list[InfoItem], session: reading, token: key = None) -> InfoAnswer:
        _limited(items)
        return track_infos(session, authorise(session, token, _address(request)), items)

    return app


def _sqlite(url: str, begin: str, **pool: Any) -> Any:
    """An engine with WAL, full durability and transactions that begin as told (SQLAlchemy's own recipe)."""
    engine = create_engine(url, **pool)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _on_postgres(url: str) -> FastAPI:
    engine: AsyncEngine = create_async_engine(url, pool_size=8, max_overflow=0)
    maker = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    async def opened() -> AsyncIterator[AsyncSession]:
        async with maker() as session:
            yield session

    working, key = Annotated[AsyncSession, Depends(opened)], Annotated[str | None, Header(alias="17token")]

    @app.post("/track/v1/register")
    async def register(
        request: Request, items: list[RegisterItem], session: working, token: key = None
    ) -> RegisterAnswer:
        _limited(items)
        account = await session.run_sync(authorise, token, _address(request))
        return await session.run_sync(register_items, account, items)

    @app.post("/track/v1/gettrackinfo")
    async def gettrackinfo(request: Request, items: list[InfoItem], session: working, token: key = None) -> InfoAnswer:
        _limited(items)
        account = await session.run_sync(authorise, token, _address(request))
        return await session.run_sync(track_infos, account, items)

    return app


def main(port: int, url: str) -> None:
    """Serve it as Trackway is served."""
    uvicorn.run(make_app(url), port=port, log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
