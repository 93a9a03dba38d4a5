"""Settings of llm-gateway."""

from pathlib import Path
from typing import Annotated

from munbot_common.settings import AuthSettings, BrokerSettings, S3Settings, ServiceSettings
from pydantic import Field, SecretStr, StringConstraints, field_validator

MEGABYTE = 1024 * 1024


class StoreSettings(ServiceSettings, S3Settings):
    """Where documents are kept; enough for `migrate`."""

    service_name: str = "llm-gateway"
    knowledge_bucket: str = "knowledge"
    demo_seed_dir: Path = Path("config/demo")


class ModelSettings(ServiceSettings):
    """The language model: none (extractive answers only), a GGUF file, or an OpenAI-compatible server."""

    llm_model_path: Path | None = None
    llm_model_sha256: str = ""  # checked when given
    llm_engine_path: Path | None = None  # folder with llama-cpp-python, filled while the platform already runs
    llm_remote_url: str = ""  # for example http://gpu-server:8000/v1
    llm_remote_key: SecretStr | None = None
    llm_remote_model: str = ""
    llm_gpu_layers: int = Field(default=0, ge=-1)
    llm_context_tokens: int = Field(default=4096, ge=512)
    llm_threads: int = Field(default=0, ge=0)  # 0: the cores less one
    llm_queue_size: int = Field(default=8, ge=0)  # waiting requests, beyond the one that runs
    llm_deadline_seconds: float = Field(default=60.0, gt=0)  # queue and run together

    @field_validator("llm_model_path", "llm_engine_path", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return value or None  # compose hands over an empty variable for what is not set


class AnswerSettings(ModelSettings):
    """Answers in a model's own words: by a file that passed `eval model`, and soon enough, or else none."""

    llm_generate: bool = True  # false: documents are quoted even so
    llm_answer_seconds: float = Field(default=8.0, gt=0)  # waiting and writing; then the documents are quoted


class HubSettings(ServiceSettings):
    """Where `models pull` fetches models."""

    llm_hub_url: str = "https://huggingface.co"
    llm_hub_token: SecretStr | None = None  # for models whose licence is accepted on the hub


class VoiceSettings(ServiceSettings):
    """Voice notes to text."""

    voice_model_path: Path | None = None  # a faster-whisper folder; else the base model of the installed packages
    voice_max_bytes: int = Field(default=16 * MEGABYTE, ge=1)
    voice_max_seconds: float = Field(default=60.0, gt=0)
    voice_language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3})?$")] = "es"  # empty: detect it
    voice_beam: int = Field(default=5, ge=1, le=10)
    voice_threads: int = Field(default=0, ge=0)  # 0: the cores less one
    voice_queue_size: int = Field(default=4, ge=0)
    voice_deadline_seconds: float = Field(default=90.0, gt=0)
    voice_idle_seconds: float = Field(default=600.0, gt=0)  # then the process gives its memory back

    @field_validator("voice_model_path", mode="before")
    @classmethod
    def _unset_voice(cls, value: object) -> object:
        return value or None


class ApiSettings(StoreSettings, AnswerSettings, VoiceSettings, AuthSettings):
    """What the API needs."""

    data_dir: Path = Path("var/llm-gateway")  # the embeddings' cache; rebuilt when lost
    upload_max_bytes: int = Field(default=20 * MEGABYTE, ge=1)
    sync_seconds: float = Field(default=10.0, gt=0)  # how often documents of other replicas are looked for
    conversations_url: str = "http://conversations:8000"  # keeps the audit log; asked only while a change is made


class WorkerSettings(ServiceSettings, BrokerSettings, AuthSettings):
    """What the worker of queued jobs needs."""

    service_name: str = "llm-worker"
    gateway_url: str = "http://llm-gateway:8000"
    job_patience_seconds: float = Field(default=120.0, gt=0)  # a full queue; then the job goes back to the broker
    job_max_age_seconds: float = Field(default=3600.0, gt=0)  # a job that has waited longer fails as `expired`
