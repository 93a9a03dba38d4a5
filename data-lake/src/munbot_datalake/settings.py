"""Settings of the data lake's processes."""

from pathlib import Path

from munbot_common.settings import AuthSettings, BrokerSettings, DatabaseSettings, S3Settings, ServiceSettings
from pydantic import Field


class StoreSettings(S3Settings):
    """The buckets, and how long they keep what was replaced or deleted."""

    lake_bucket: str = "lake"
    images_bucket: str = "images"
    backups_bucket: str = "backups"
    attachments_bucket: str = "attachments"
    knowledge_bucket: str = "knowledge"
    noncurrent_days: int = Field(default=30, ge=1, description="versions that are not the present one stay so long")
    unfinished_upload_days: int = Field(default=2, ge=1)


class MigrateSettings(ServiceSettings, DatabaseSettings, StoreSettings):
    """What `migrate` needs."""

    service_name: str = "data-lake"
    demo_seed_dir: Path = Path("config/demo")


class ApiSettings(ServiceSettings, DatabaseSettings, AuthSettings, StoreSettings):
    """What the API needs."""

    service_name: str = "data-lake"


class WorkerSettings(ServiceSettings, DatabaseSettings, BrokerSettings, StoreSettings):
    """What the worker needs."""

    service_name: str = "data-lake-worker"
