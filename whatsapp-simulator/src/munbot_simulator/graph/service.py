"""What happens when an office sends."""

from datetime import timedelta
from typing import Any

from munbot_common.clock import Clock

from munbot_simulator.accounts import AccountBook, SimulatedAccount, TemplateText
from munbot_simulator.faults.board import FaultBoard
from munbot_simulator.graph import calls, contents
from munbot_simulator.graph.errors import GraphError
from munbot_simulator.media.kinds import MediaKind
from munbot_simulator.media.store import MediaStore
from munbot_simulator.phones.models import Entry, Option, OptionList, Phone, Place, Section
from munbot_simulator.phones.service import PhoneService, new_wamid, shown
from munbot_simulator.phones.world import World
from munbot_simulator.webhooks.payloads import status_part

WINDOW = timedelta(hours=24)
TYPING = timedelta(seconds=25)
UNDELIVERABLE = 131026
WINDOW_CLOSED = 131047


class GraphService:
    """Puts messages of offices on telephones."""

    def __init__(
        self,
        *,
        book: AccountBook,
        world: World,
        media: MediaStore,
        faults: FaultBoard,
        phones: PhoneService,
        clock: Clock,
    ) -> None:
        self._book = book
        self._world = world
        self._media = media
        self._faults = faults
        self._phones = phones
        self._clock = clock

    def send(self, account: SimulatedAccount, call: calls.Send) -> str:
        """Take a message; returns its wamid. As with Meta, whether it arrives is told later, by a status.

        Raises:
            GraphError: it refers to a file or template that there is not, or the switches say so.
        """
        if code := self._faults.next_error():
            raise GraphError(code, "asked for by the simulator's switches")
        entry = Entry(
            id=new_wamid(),
            phone=call.number,
            account=account.slug,
            author="office",
            kind="text",
            at=self._clock(),
            reply_to=call.context.message_id if call.context else None,
            reference=call.biz_opaque_callback_data,
        )
        for name, value in self._content(call).items():
            setattr(entry, name, value)
        phone = self._world.phone(call.number)
        obstacle = self._obstacle(account, phone, entry)
        if phone is None or obstacle:
            entry.error_code = obstacle
            self._tell(account, entry, "failed")
            return entry.id
        self._world.add(phone, entry)
        self._world.type(phone, account.slug, None)
        self._tell(account, entry, "sent")
        self._world.raise_status(entry, "delivered")
        self._tell(account, entry, "delivered")
        return entry.id

    def mark_read(self, account: SimulatedAccount, call: calls.MarkRead) -> None:
        """Show a citizen that what they wrote up to a message was read.

        Raises:
            GraphError: there is no such message.
        """
        read = self._world.entry(call.message_id)
        phone = self._world.phone(read.phone) if read else None
        if read is None or phone is None or read.account != account.slug or read.author != "citizen":
            raise GraphError(131009, "message_id: no such message")
        for entry in list(phone.changed.values()):
            if entry.author == "citizen" and entry.account == account.slug and entry.position <= read.position:
                self._world.raise_status(entry, "read")
        if call.typing_indicator:
            self._world.type(phone, account.slug, self._clock() + TYPING)

    def _obstacle(self, account: SimulatedAccount, phone: Phone | None, entry: Entry) -> int | None:
        if phone is None:
            return UNDELIVERABLE
        if entry.kind == "template":
            return None
        wrote_at = phone.wrote_at.get(account.slug)
        is_open = wrote_at is not None and self._clock() - wrote_at < WINDOW
        return None if is_open and not self._faults.now.window_closed else WINDOW_CLOSED

    def _tell(self, account: SimulatedAccount, entry: Entry, status: Any) -> None:
        self._phones.tell(account, entry, status_part(entry, status, int(self._clock().timestamp())))

    def _content(self, call: calls.Send) -> dict[str, Any]:  # noqa: PLR0911 - one line for each kind
        match call:
            case calls.SendText():
                return {"text": call.text.body}
            case calls.SendInteractive():
                return _interactive(call.interactive)
            case calls.SendImage():
                return self._file("image", call.image)
            case calls.SendDocument():
                return self._file("document", call.document)
            case calls.SendAudio():
                return self._file("audio", call.audio)
            case calls.SendLocation():
                return {"kind": "location", "location": Place(**call.location.model_dump())}
            case calls.SendReaction():
                return {"kind": "reaction", "text": call.reaction.emoji, "reply_to": call.reaction.message_id}
            case calls.SendTemplate():
                return self._template(call.template)

    def _file(self, kind: MediaKind, content: contents.FileContent) -> dict[str, Any]:
        file = self._media.get(content.id)
        if file is None or file.kind != kind:
            raise GraphError(131009, f"{kind}.id: no such {kind}")
        told = shown(file).model_copy(
            update={"filename": content.filename or file.filename, "voice": content.voice or file.voice}
        )
        return {"kind": kind, "file": told, "text": content.caption}

    def _template(self, content: contents.TemplateContent) -> dict[str, Any]:
        template = self._book.template(content.name, content.language.code)
        if template is None:
            raise GraphError(132001, f"template {content.name} is not approved in {content.language.code}")
        parameters, wanted = content.parameters(), template.wanted()
        if len(parameters) != wanted:
            raise GraphError(132000, f"{wanted} parameters are wanted, {len(parameters)} were given")
        return {
            "kind": "template",
            "template": template.name,
            "text": template.filled(parameters),
            "buttons": _template_buttons(template, content.payloads()),
        }


def _interactive(content: contents.ButtonsContent | contents.ListContent) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": content.body.text,
        "header": content.header.text if content.header else "",
        "footer": content.footer.text if content.footer else "",
    }
    if isinstance(content, contents.ButtonsContent):
        replies = (button.reply for button in content.action.buttons)
        return told | {"buttons": [Option(id=reply.id, title=reply.title) for reply in replies]}
    sections = [
        Section(title=section.title, rows=[Option(**row.model_dump()) for row in section.rows])
        for section in content.action.sections
    ]
    return told | {"options": OptionList(button=content.action.button, sections=sections)}


def _template_buttons(template: TemplateText, payloads: dict[int, str]) -> list[Option]:
    """Return a template's buttons; one without a payload gives its title back."""
    if any(index >= len(template.buttons) for index in payloads):
        raise GraphError(132000, f"the template has {len(template.buttons)} buttons")
    return [Option(id=payloads.get(index, title), title=title) for index, title in enumerate(template.buttons)]
