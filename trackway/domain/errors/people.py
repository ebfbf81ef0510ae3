"""What can be wrong when people come in, or are changed."""

from trackway.domain.errors import AccessDenied, ConfigError


class SignInFailed(AccessDenied):
    """The name, its password or the code from the second factor is wrong; which of them is not said."""


class LinkSpent(AccessDenied):
    """A one-time link that was used, is too old, or is none of ours."""


class NameTaken(ConfigError):
    """Somebody has that name already."""


class NameMalformed(ConfigError):
    """A name is not 1 to 100 printable characters."""


class PasswordWeak(ConfigError):
    """A password is too short, too long, or the name itself."""


class PasswordWrong(ConfigError):
    """The password that a change asks for is not the one."""


class CodeWrong(ConfigError):
    """The code does not belong to the second factor that is to be set up."""


class LastOwner(ConfigError):
    """Nobody would be left who may change people."""


class PersonUnknown(ConfigError):
    """There is nobody of that name."""
