"""What migrations share. Like them, it is not changed once it is released."""

import sqlalchemy as sa

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number that tells one row from all others."""
