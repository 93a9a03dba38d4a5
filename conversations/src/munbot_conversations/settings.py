"""Settings of the conversation hub."""

from datetime import timedelta
from pathlib import Path

from munbot_common.settings import AuthSettings, BrokerSettings, DatabaseSettings, S3Settings, ServiceSettings
from pydantic import Field, SecretStr, field_validator

FEWEST_DAYS = 30
"""Of `conversation_days`: as long as a citizen's token lives, by default."""


class MigrateSettings(ServiceSettings, DatabaseSettings):
    """What `migrate` needs."""

    service_name: str = "conversations"
    demo_seed_dir: Path | None = None
    demo_password: SecretStr | None = None


class FileSettings(S3Settings):
    """Where the files of conversations are."""

    attachments_bucket: str = Field(default="attachments", description="where channels and officials keep files")


class WorkerFileSettings(ServiceSettings, FileSettings):
    """What the worker needs to remove files, and to keep what it sends."""

    service_name: str = "conversations"


class PictureSettings(WorkerFileSettings):
    """What the worker needs to send pictures of the office's catalogues."""

    datalake_url: str
    picture_timeout_seconds: float = Field(default=4.0, gt=0, le=30, description="then the citizen gets its address")


class ApiSettings(ServiceSettings, DatabaseSettings, AuthSettings, FileSettings):
    """What the REST API needs."""

    service_name: str = "conversations"
    jwt_private_key: SecretStr
    llm_gateway_url: str | None = Field(default=None, description="where answers to questions are kept; empty: nowhere")
    service_token: SecretStr | None = Field(default=None, description="this service's own, for llm-gateway")
    rasa_url: str | None = Field(
        default=None, description="where trackers are kept, which erased people are in; empty: nowhere"
    )
    rasa_timeout_seconds: float = Field(default=20.0, gt=0)
    agent_token_minutes: int = Field(
        default=15, ge=1, description="life of an official's token; until its end other services know of no change"
    )
    agent_session_hours: int = Field(default=12, ge=1, description="then an official gives the password again")
    visitor_token_days: int = Field(default=30, ge=1, description="life of a citizen's token")
    lockout_failures: int = Field(default=5, ge=1, description="failed logins before a lockout")
    lockout_minutes: int = Field(default=15, ge=1)
    file_max_bytes: int = Field(default=10 * 1024 * 1024, ge=1, description="of a file that an official sends")


class WorkerSettings(ServiceSettings, DatabaseSettings, BrokerSettings):
    """What the worker needs."""

    service_name: str = "conversations"
    rasa_url: str
    rasa_timeout_seconds: float = Field(default=20.0, gt=0)
    datalake_url: str | None = Field(default=None, description="where catalogues' pictures are; empty: nowhere")
    rasa_text_limit: int = Field(default=2_000, ge=1, description="characters of a message that Rasa is shown")
    turn_threads: int = Field(default=8, ge=1, le=64)
    join_seconds: float = Field(
        default=2.0,
        ge=0,
        le=30,
        description="messages of one citizen this near to each other are one turn; not on the web",
    )
    media_wait_seconds: float = Field(default=90.0, gt=0, description="how long a turn waits for its message's file")
    voice_sure: float = Field(default=0.3, ge=0, le=1, description="least confidence at which a transcript is acted on")
    poll_seconds: float = Field(default=1.0, gt=0, description="how often to look for turns nobody woke us for")
    sweep_seconds: float = Field(default=15.0, gt=0)
    probe_seconds: float = Field(default=2.0, gt=0, description="how often to look whether Rasa is back")
    session_idle_hours: int = Field(default=24, ge=1, description="silence after which Rasa starts a new tracker")
    outage_handoff_minutes: int = Field(default=60, ge=1, description="waiting for Rasa before a person is asked")

    conversation_days: int = Field(
        default=730,
        ge=0,
        le=36_500,
        description="so long after its last message a conversation keeps its content; 0: until it is erased",
    )

    @field_validator("conversation_days")
    @classmethod
    def _not_at_once(cls, value: int) -> int:
        """Refuse what would empty conversations that people still come back to."""
        if 0 < value < FEWEST_DAYS:
            msg = f"at least {FEWEST_DAYS} days, or 0 for ever"
            raise ValueError(msg)
        return value

    @property
    def join_window(self) -> timedelta:
        """How near to each other messages are one turn."""
        return timedelta(seconds=self.join_seconds)

    @property
    def session_idle(self) -> timedelta:
        """Silence after which the dialogue starts anew."""
        return timedelta(hours=self.session_idle_hours)

    @property
    def outage_handoff(self) -> timedelta:
        """How long a message may wait for Rasa."""
        return timedelta(minutes=self.outage_handoff_minutes)
