"""Shapes of OpenAI's chat completions, as far as a small local model can keep what they promise."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from munbot_llm.models.chat import ChatMessage, ChatOptions

MAX_MESSAGES = 256
MAX_CHARACTERS = 400_000  # of all messages; no context takes as much, and counting more would hold the model up
MAX_TOKENS = 1_000_000
_ROLES: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}


class TextPart(BaseModel):
    """A part of a message. Images and audio are not understood."""

    type: Literal["text"]
    text: str


class MessageBody(BaseModel):
    """One message."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.content is None and self.role != "assistant":
            msg = "Falta el contenido del mensaje"
            raise ValueError(msg)
        return self

    def plain(self) -> ChatMessage:
        """Return the message as models take it."""
        parts = self.content if isinstance(self.content, list) else [TextPart(type="text", text=self.content or "")]
        return ChatMessage(_ROLES[self.role], "".join(part.text for part in parts))


class StreamOptions(BaseModel):
    """What a stream has beyond the text."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ResponseFormat(BaseModel):
    """Plain text is all there is."""

    type: Literal["text"] = "text"


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


StopString = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ChatBody(BaseModel):
    """A request. What is not named here is ignored; what would change the answer and is not supported is refused."""

    model_config = ConfigDict(extra="ignore")

    model: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    messages: list[MessageBody] = Field(min_length=1, max_length=MAX_MESSAGES)
    max_tokens: int | None = Field(default=None, ge=1, le=MAX_TOKENS)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=MAX_TOKENS)
    temperature: float | None = Field(default=None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Annotated[list[StopString] | None, Field(max_length=4), BeforeValidator(_as_list)] = None
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, allow_inf_nan=False)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, allow_inf_nan=False)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    response_format: ResponseFormat | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    functions: Annotated[list[Any], Field(max_length=0)] | None = None
    logprobs: Literal[False] | None = None
    logit_bias: Annotated[dict[str, Any], Field(max_length=0)] | None = None
    modalities: list[Literal["text"]] | None = None

    @field_validator("messages")
    @classmethod
    def _of_bearable_length(cls, messages: list[MessageBody]) -> list[MessageBody]:
        if sum(len(message.plain().content) for message in messages) > MAX_CHARACTERS:
            msg = f"Los mensajes tienen más de {MAX_CHARACTERS} caracteres"
            raise ValueError(msg)
        return messages

    def options(self) -> ChatOptions:
        """Return how to answer, with our own values where nothing is asked for."""
        usual = ChatOptions()
        return ChatOptions(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=usual.temperature if self.temperature is None else self.temperature,
            top_p=usual.top_p if self.top_p is None else self.top_p,
            seed=self.seed,
            stop=tuple(self.stop or ()),
            presence_penalty=self.presence_penalty or 0.0,
            frequency_penalty=self.frequency_penalty or 0.0,
        )


class TokenDetails(BaseModel):
    """Of the prompt's tokens, those kept from the request before."""

    cached_tokens: int = 0


class UsageOut(BaseModel):
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: TokenDetails


class MessageOut(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class ChoiceOut(BaseModel):
    """The one answer there is."""

    index: int = 0
    message: MessageOut
    finish_reason: Literal["stop", "length"]
    logprobs: None = None


class CompletionOut(BaseModel):
    """A whole answer. A stream has `chat.completion.chunk` events instead, as OpenAI's reference describes them."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut


class ModelOut(BaseModel):
    """A model that is served."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "munbot"


class ModelList(BaseModel):
    """The models that are served: one or none."""

    object: Literal["list"] = "list"
    data: list[ModelOut]
