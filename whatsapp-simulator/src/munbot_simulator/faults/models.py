"""The switches of what may go wrong."""

from pydantic import BaseModel, ConfigDict, Field


class Faults(BaseModel):
    """How the simulated provider behaves. All defaults: as it should.

    Webhooks: `duplicate`, `duplicate_at_random`, `burst`, `shuffle`, `hold_ms`, `bad_signature`, `provider_down`.
    Answers to the office's calls: `provider_down`, `slow_ms`, `rate_limited`, `errors_once`, `window_closed`.
    """

    model_config = ConfigDict(extra="forbid")

    duplicate: int = Field(default=1, ge=1, le=5, description="how often each message and status is told")
    duplicate_at_random: bool = Field(default=False, description="between once and `duplicate` times")
    burst: bool = Field(default=False, description="what a phone has is held back, then told in one request")
    shuffle: bool = Field(default=False, description="what a phone has is held back, then told in any order")
    hold_ms: int = Field(default=2_000, ge=0, le=60_000, description="how long `burst` and `shuffle` hold back")
    bad_signature: bool = Field(default=False, description="webhooks are signed with another secret")
    provider_down: bool = Field(default=False, description="calls are answered 503, and nothing is told")
    slow_ms: int = Field(
        default=0, ge=0, le=60_000, description="a message is taken at once, and the call answered only after this time"
    )
    rate_limited: int | None = Field(default=None, description="every send fails with this code: 130429, 131056 …")
    errors_once: list[int] = Field(
        default_factory=list, max_length=100, description="one code for each of the next sends, first to last"
    )
    window_closed: bool = Field(default=False, description="as if every citizen had last written two days ago")
