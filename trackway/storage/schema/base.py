"""What all tables share."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, text

metadata = MetaData()
Id = BigInteger().with_variant(Integer, "sqlite")


def of_account() -> Column[int]:
    """The column that says whose a row is."""
    return Column("account_id", Id, ForeignKey("account.id"), nullable=False)


def where(condition: str) -> dict[str, Any]:
    """An index over only the rows that are looked for by it."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}
