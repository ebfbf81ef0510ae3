"""How a carrier fails to answer."""

from trackway.domain.errors import CarrierFault


class CarrierUnavailable(CarrierFault):
    """The carrier is down, hangs, or says that it is out of service."""


class CarrierUnreadable(CarrierFault):
    """The carrier answered something that cannot be read."""


class CarrierLimited(CarrierFault):
    """The carrier, or our own budget with it, allows no more for now."""


class CarrierForgot(CarrierFault):
    """The carrier knows the item, but it is too old to be told."""


class CarrierRefused(CarrierFault):
    """The carrier knows the item and will not tell us."""


class CarrierDeniedAccess(CarrierRefused):
    """The carrier does not accept our credentials."""

    alarm = True


class CarrierMisunderstood(CarrierFault):
    """The carrier says that our request is wrong: our own mistake."""

    alarm = True
