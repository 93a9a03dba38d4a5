"""What a delivery says, and what each part of it is: the JSON in `deliveries.content` and in `parts.body`."""

from typing import Any, Literal

from munbot_contracts.envelope import Contract
from munbot_contracts.messages import Button, Location, Media
from pydantic import Field

from munbot_whatsapp.providers.base import Choice, OutboundMedia, Outgoing, Template


class StoredTemplate(Contract):
    """A template with its values."""

    name: str
    language: str
    parameters: list[str] = Field(default_factory=list)
    buttons: list[str] = Field(default_factory=list, description="payloads of its quick replies")

    def given(self) -> Template:
        """Return it as providers take it."""
        return Template(self.name, self.language, tuple(self.parameters), tuple(self.buttons))


class StoredMedia(Contract):
    """A file in the object store, as it is to be sent."""

    kind: Literal["image", "document", "audio"]
    media: Media


class StoredChoice(Contract):
    """A button or a row."""

    id: str
    title: str
    description: str = ""


class Menu(Contract):
    """Options that a citizen was sent as a numbered text, in answer to `turn`."""

    turn: str | None = None
    options: list[Button]


class Content(Contract):
    """One bubble, before anything of WhatsApp: what `render` makes parts of.

    `template` is what the same words are called outside the 24-hour window.
    """

    text: str = ""
    buttons: list[Button] = Field(default_factory=list)
    media: StoredMedia | None = None
    location: Location | None = None
    template: StoredTemplate | None = None
    in_reply_to: str | None = None


class Body(Contract):
    """One message as WhatsApp knows messages, without whom it goes to.

    `generation`: how often it took the place of what the provider had refused.
    """

    text: str = ""
    buttons: list[StoredChoice] = Field(default_factory=list)
    rows: list[StoredChoice] = Field(default_factory=list)
    list_button: str = ""
    media: StoredMedia | None = None
    location: Location | None = None
    template: StoredTemplate | None = None
    menu: list[Button] | None = None
    generation: int = 0

    def dump(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def reference(self, part_id: object) -> str:
        """Return our id of the message at the provider; another one for each generation."""
        return f"{part_id}.{self.generation}" if self.generation else str(part_id)

    def menu_after(self, menu: dict[str, Any] | None, turn: str | None) -> dict[str, Any] | None:
        """Return the citizen's menu once this was sent: its own, or the one before unless another turn has begun."""
        if self.menu is not None:
            return Menu(turn=turn, options=self.menu).model_dump(mode="json")
        return menu if menu is not None and menu.get("turn") == turn else None

    def outgoing(self, *, to: str, reference: str, media: OutboundMedia | None) -> Outgoing:
        """Return it as providers take it.

        Args:
            to: the citizen's address.
            reference: our id of it.
            media: the file of `self.media`, read.
        """
        return Outgoing(
            to=to,
            reference=reference,
            text=self.text,
            buttons=tuple(Choice(choice.id, choice.title, choice.description) for choice in self.buttons),
            rows=tuple(Choice(choice.id, choice.title, choice.description) for choice in self.rows),
            **({"list_button": self.list_button} if self.list_button else {}),
            media=media,
            location=self.location,
            template=self.template.given() if self.template else None,
        )
