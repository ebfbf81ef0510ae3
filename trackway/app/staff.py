"""The parts that are only for people at the console."""

from dataclasses import dataclass

from trackway.app.ground import Ground
from trackway.service.people.audit import Audit
from trackway.service.people.passwords import Passwords
from trackway.service.people.people import People
from trackway.service.people.second_factor import SecondFactor
from trackway.service.people.signing_in import SigningIn
from trackway.storage.people import people
from trackway.storage.people.audit import Audit as Deeds
from trackway.storage.people.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who uses the console, how they come in, and what they did."""

    audit: Audit
    people: People
    second_factor: SecondFactor
    signing_in: SigningIn


def build_staff(ground: Ground) -> Staff:
    """All of it on the store that keeps deeds."""
    kept, passwords, vault = people.People(ground.deeds), Passwords(), ground.vault
    second_factor = SecondFactor(people=kept, passwords=passwords, vault=vault)
    return Staff(
        audit=Audit(Deeds(ground.deeds)),
        people=People(people=kept, access=ground.access, passwords=passwords, vault=vault),
        second_factor=second_factor,
        signing_in=SigningIn(
            people=kept,
            sessions=Sessions(ground.deeds),
            passwords=passwords,
            second_factor=second_factor,
            allowance=ground.allowance,
            vault=vault,
        ),
    )
