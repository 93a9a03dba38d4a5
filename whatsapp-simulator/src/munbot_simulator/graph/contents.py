"""What messages of an office may hold, with WhatsApp's limits."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

MAX_SECTIONS = 10
MAX_ROWS = 10

Short = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
MediaId = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class TextContent(BaseModel):
    """Words."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    preview_url: bool = False


class BodyPart(BaseModel):
    """What is said above buttons."""

    text: Body


class SmallPart(BaseModel):
    """Header or footer."""

    type: Literal["text"] = "text"
    text: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Reply(BaseModel):
    """A button."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    title: Short


class ReplyButton(BaseModel):
    """A button, as it is wrapped."""

    type: Literal["reply"]
    reply: Reply


class ButtonAction(BaseModel):
    """One to three buttons, no two alike."""

    buttons: list[ReplyButton] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _different(self) -> Self:
        if _has_twins([button.reply.id for button in self.buttons]):
            raise ValueError("duplicate button id")
        if _has_twins([button.reply.title for button in self.buttons]):
            raise ValueError("duplicate button title")
        return self


class Row(BaseModel):
    """A row of a list."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    description: Annotated[str, StringConstraints(max_length=72)] = ""


class ListSection(BaseModel):
    """Rows under a title."""

    title: Annotated[str, StringConstraints(max_length=24)] = ""
    rows: list[Row] = Field(min_length=1, max_length=MAX_ROWS)


class ListAction(BaseModel):
    """A button that opens at most ten rows in all."""

    button: Short
    sections: list[ListSection] = Field(min_length=1, max_length=MAX_SECTIONS)

    @model_validator(mode="after")
    def _limits(self) -> Self:
        ids = [row.id for section in self.sections for row in section.rows]
        if len(ids) > MAX_ROWS:
            raise ValueError(f"at most {MAX_ROWS} rows in all sections together")
        if _has_twins(ids):
            raise ValueError("duplicate row id")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("sections need titles when there are several")
        return self


class _Interactive(BaseModel):
    header: SmallPart | None = None
    body: BodyPart
    footer: SmallPart | None = None


class ButtonsContent(_Interactive):
    """Words with buttons."""

    type: Literal["button"]
    action: ButtonAction


class ListContent(_Interactive):
    """Words with a list."""

    type: Literal["list"]
    action: ListAction


class FileContent(BaseModel):
    """A file that was uploaded before. Meta also fetches a `link`; here nothing is fetched."""

    id: MediaId
    caption: Annotated[str, StringConstraints(max_length=1024)] = ""
    filename: Annotated[str, StringConstraints(max_length=240)] | None = None
    voice: bool = False


class LocationContent(BaseModel):
    """A point."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = None
    address: str | None = None


class ReactionContent(BaseModel):
    """A reaction to a citizen's message; empty to take it back."""

    message_id: str
    emoji: Annotated[str, StringConstraints(max_length=16)]


class TextParameter(BaseModel):
    """What replaces {{1}}: without line breaks, as Meta wants it."""

    type: Literal["text"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=1024)]

    @model_validator(mode="after")
    def _one_line(self) -> Self:
        if re.search(r"[\n\t]| {5}", self.text):
            raise ValueError("parameters have no new-line, tab or more than 4 consecutive spaces")
        return self


class BodyComponent(BaseModel):
    """Parameters of a template's body."""

    type: Literal["body"]
    parameters: list[TextParameter]


class PayloadParameter(BaseModel):
    """What a template's button gives back."""

    type: Literal["payload"]
    payload: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class ButtonComponent(BaseModel):
    """A template's button."""

    type: Literal["button"]
    sub_type: Literal["quick_reply"]
    index: int = Field(ge=0, le=9)
    parameters: list[PayloadParameter] = Field(min_length=1, max_length=1)


class LanguageCode(BaseModel):
    """Of a template."""

    code: str
    policy: str | None = None


class TemplateContent(BaseModel):
    """A message that was approved."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: LanguageCode
    components: list[Annotated[BodyComponent | ButtonComponent, Field(discriminator="type")]] = Field(
        default_factory=list
    )

    def parameters(self) -> list[str]:
        """Return what replaces {{1}}, {{2}} and so on."""
        return [item.text for part in self.components if isinstance(part, BodyComponent) for item in part.parameters]

    def payloads(self) -> dict[int, str]:
        """Return what the buttons give back, by place."""
        buttons = (part for part in self.components if isinstance(part, ButtonComponent))
        return {button.index: button.parameters[0].payload for button in buttons}


def _has_twins(values: list[Any]) -> bool:
    return len(set(values)) < len(values)
