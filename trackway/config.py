"""Every setting, from `trackway.toml` and the environment into one frozen Config."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from trackway.domain.errors import ConfigError

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Days = Annotated[float, Field(gt=0, le=36_500, allow_inf_nan=False)]
Listed = Annotated[tuple[str, ...], NoDecode]
_PERIOD = re.compile(r"[A-Z]{1,2}[0-9]{0,9}:[0-9]{1,4}").fullmatch


class Config(BaseSettings):
    """All settings, checked. Each is `TRACKWAY_<NAME>` in the environment or `<name>` in `trackway.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="TRACKWAY_",
        toml_file="trackway.toml",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    data: Path = Path("trackway-data")
    database: str = ""
    master_key: SecretStr = SecretStr("")
    master_key_file: Path | None = None
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$")
    log_format: str = Field("text", pattern="^(text|json)$")
    trusted_proxies: Listed = ()
    stop_timeout: Seconds = 15

    webhook_retry_delays: Annotated[tuple[float, ...], NoDecode] = (600, 1800, 3600)
    webhook_timeout: Seconds = 10
    webhook_allowed_networks: Listed = ()
    webhook_log_days: Days = 30
    webhook_slots: int = Field(200, ge=1)
    webhook_slots_per_account: int = Field(10, ge=1)
    stream_heartbeat: Seconds = 15

    poll_min_interval: Seconds = 900
    poll_max_interval: Seconds = 86_400
    carrier_timeout: Seconds = 20
    carrier_pause_after_faults: int = Field(5, ge=0)
    carrier_pause: Seconds = 60
    carrier_log_days: Days = 14
    carrier_events_days: Days = 180

    stop_after_days: Days = 30
    stop_after_delivery_days: Days = 15
    expire_after_days: Days = 30
    expire_after_days_by_post: Days = 60
    purge_after_days: Days = 90
    carrier_change_patience: Seconds = 86_400
    key_change_delay: float = Field(300, ge=0)
    key_overlap: float = Field(0, ge=0)
    pace_per_second: int = Field(3, ge=0)

    hkpost_base_path: str = Field("/mailTrackingAPI", pattern=r"^(/[A-Za-z0-9._~-]+)+$")
    hkpost_min_interval_ms: int = Field(100, ge=0)
    hkpost_daily_limit: int = Field(100_000, ge=1)
    hkpost_retention_months: int = Field(6, ge=0)
    hkpost_retention_by_prefix: Listed = ()
    hkpost_purge_months: int = Field(0, ge=0)
    hkpost_check_digit: bool = False
    hkpost_inquiry_log_days: float = Field(90, ge=0, le=36_500, allow_inf_nan=False)

    @field_validator("webhook_retry_delays", mode="before")
    @classmethod
    def _seconds(cls, value: object) -> object:
        """Read `600,1800,3600`; an empty text means that nothing is tried again."""
        return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("webhook_retry_delays")
    @classmethod
    def _rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(delay < 0 for delay in value) or list(value) != sorted(value):
            raise ValueError("seconds after the first failure, each at least the one before")
        return value

    @field_validator("webhook_allowed_networks", "trusted_proxies", "hkpost_retention_by_prefix", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("webhook_allowed_networks", "trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ip_network(text)
        return value

    @field_validator("hkpost_retention_by_prefix")
    @classmethod
    def _periods(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_PERIOD(text) for text in value):
            raise ValueError("prefixes of item numbers with their months, such as R:12,LK:0")
        return value

    def retention_by_prefix(self) -> dict[str, int]:
        """The months for which items of a prefix are told, where they differ from those of all (H13)."""
        return {
            prefix: int(months) for prefix, _, months in (t.partition(":") for t in self.hkpost_retention_by_prefix)
        }

    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The private networks that webhooks may reach."""
        return tuple(ip_network(text) for text in self.webhook_allowed_networks)

    def database_url(self) -> str:
        """The store's URL: what was set, else one SQLite file in the data folder."""
        return self.database or f"sqlite:///{self.data / 'trackway.sqlite3'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over the environment, and the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(**given: Any) -> Config:
    """The settings in force; `given` (from the command line) wins where it is not None.

    Raises:
        ConfigError: one line that names the setting, and what is wrong with it.
    """
    try:
        return Config(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(f"setting {first['loc'][0]}: {first['msg']}") from None
    except ValueError as error:
        raise ConfigError(f"trackway.toml: {error}") from None
