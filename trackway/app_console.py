"""The parts of the console that are only for people, put together."""

from dataclasses import dataclass

from trackway.service.access import Access
from trackway.service.audit import Audit
from trackway.service.passwords import Passwords
from trackway.service.people import People
from trackway.service.second_factor import SecondFactor
from trackway.service.signing_in import SigningIn
from trackway.storage import people
from trackway.storage.allowance import Allowance
from trackway.storage.audit import Audit as Deeds
from trackway.storage.audit import AuditedDatabase
from trackway.storage.sessions import Sessions
from trackway.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who uses the console, how they come in, and what they did."""

    audit: Audit
    people: People
    second_factor: SecondFactor
    signing_in: SigningIn


def build_staff(database: AuditedDatabase, *, access: Access, allowance: Allowance, vault: Vault) -> Staff:
    """All of it on the store that keeps deeds."""
    kept, passwords = people.People(database), Passwords()
    second_factor = SecondFactor(people=kept, passwords=passwords, vault=vault)
    return Staff(
        audit=Audit(Deeds(database)),
        people=People(people=kept, access=access, passwords=passwords, vault=vault),
        second_factor=second_factor,
        signing_in=SigningIn(
            people=kept,
            sessions=Sessions(database),
            passwords=passwords,
            second_factor=second_factor,
            allowance=allowance,
            vault=vault,
        ),
    )
