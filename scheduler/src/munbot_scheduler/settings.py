"""Settings of the scheduler."""

from pathlib import Path
from typing import Annotated

from munbot_common.settings import AuthSettings, BrokerSettings, DatabaseSettings, ServiceSettings
from pydantic import Field


class MigrateSettings(ServiceSettings, DatabaseSettings):
    """What `migrate` needs."""

    service_name: str = "scheduler"
    demo_seed_dir: Path = Path("config/demo")


class BookingDefaults(ServiceSettings):
    """Booking policy of a tenant that has none of its own."""

    default_timezone: str = "America/Santiago"
    hold_minutes: int = Field(default=10, ge=1, le=120)
    min_notice_minutes: int = Field(default=60, ge=0, le=43_200)
    horizon_days: int = Field(default=60, ge=1, le=365)
    reminder_hours: tuple[Annotated[int, Field(ge=1, le=720)], ...] = (48, 24)


class ApiSettings(BookingDefaults, DatabaseSettings, AuthSettings):
    """What the API needs."""

    service_name: str = "scheduler"


class WorkerSettings(BookingDefaults, DatabaseSettings, BrokerSettings):
    """What the worker needs."""

    service_name: str = "scheduler-worker"
    hold_sweep_seconds: float = Field(default=5.0, gt=0)
    reminder_seconds: float = Field(default=5.0, gt=0)
    idempotency_days: int = Field(default=7, ge=1)
    person_days: int = Field(default=1_825, ge=30, description="so long after its day an hour keeps its person")
