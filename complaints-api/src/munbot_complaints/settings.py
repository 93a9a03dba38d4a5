"""Settings of complaints-api."""

from pathlib import Path

from munbot_common.settings import AuthSettings, BrokerSettings, MongoSettings, S3Settings, ServiceSettings
from pydantic import Field

MEGABYTE = 1024 * 1024


class StoreSettings(ServiceSettings, MongoSettings, S3Settings):
    """The two stores; enough for `migrate`."""

    service_name: str = "complaints-api"
    mongo_database: str = "complaints"
    mongo_pool_size: int = Field(default=50, ge=1)
    attachments_bucket: str = "attachments"
    demo_seed_dir: Path = Path("config/demo")


class ApiSettings(StoreSettings, AuthSettings):
    """What the API needs."""

    attachment_max_bytes: int = Field(default=10 * MEGABYTE, ge=1)
    attachment_url_minutes: int = Field(default=15, ge=1, le=24 * 60)
    tracking_attempts: int = Field(default=5, ge=1)
    tracking_window_minutes: int = Field(default=15, ge=1)


class WorkerSettings(StoreSettings, BrokerSettings):
    """What the worker needs."""

    service_name: str = "complaints-worker"
    relay_batch_size: int = Field(default=100, ge=1, le=1000)
    relay_lease_seconds: float = Field(default=30.0, gt=0)
    relay_idle_seconds: float = Field(default=0.2, gt=0)
    overdue_sweep_seconds: float = Field(default=30.0, gt=0)
    upload_sweep_seconds: float = Field(default=600.0, gt=0)
    upload_keep_hours: int = Field(default=24, ge=1)
    privacy_sweep_seconds: float = Field(default=600.0, gt=0, description="words of erased people in settled cases")
    person_days: int = Field(default=1_825, ge=30, description="so long after its end a complaint keeps its person")
