"""Settings of the data lake's processes."""

from pathlib import Path

from munbot_common.settings import AuthSettings, BrokerSettings, DatabaseSettings, S3Settings, ServiceSettings
from pydantic import Field, SecretStr


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
    pseudonym_key: SecretStr
    cache_dir: Path = Path("/var/lib/munbot-lake")
    cache_mb: int = Field(default=1024, ge=16, description="of archive files; pictures have a quarter of that besides")
    question_memory_mb: int = Field(default=192, ge=32)
    question_seconds: float = Field(default=30, gt=0)
    complaints_url: str = "http://complaints-api:8000"
    scheduler_url: str = "http://scheduler:8000"
    conversations_url: str = Field(
        default="http://conversations:8000", description="keeps the audit log; asked only while a change is made"
    )


class WorkerSettings(ServiceSettings, DatabaseSettings, BrokerSettings, StoreSettings):
    """What the worker needs. Rows wait for a file until there are enough, or one has waited too long."""

    service_name: str = "data-lake-worker"
    pseudonym_key: SecretStr
    batch_events: int = Field(default=500, ge=1, le=5_000)
    file_rows: int = Field(default=20_000, ge=1)
    file_seconds: float = Field(default=600, gt=0)
    inbox_days: int = Field(default=90, ge=1, description="an event that comes again within so many days is known")
    orphan_hours: float = Field(default=2, gt=0, description="files without a catalogue row are deleted after so long")
