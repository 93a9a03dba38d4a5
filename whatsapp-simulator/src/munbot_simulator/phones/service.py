"""What people do with their telephones."""

import base64
import secrets
from collections.abc import Collection
from typing import Any

from munbot_common.clock import Clock

from munbot_simulator.accounts import AccountBook, SimulatedAccount
from munbot_simulator.media.kinds import MAX_BYTES, TYPES, MediaKind, base_type, image_type
from munbot_simulator.media.store import MediaStore, StoredFile
from munbot_simulator.media.voice import CONTENT_TYPE, NoSound, to_voice_note
from munbot_simulator.phones.models import Entry, EntryKind, FileShown, Phone, Undelivered
from munbot_simulator.phones.schemas import (
    Changes,
    ChoiceRequest,
    LocationRequest,
    MessageRequest,
    ReactionRequest,
    TextRequest,
)
from munbot_simulator.phones.world import World
from munbot_simulator.problems import (
    AccountUnknown,
    ChoiceUnknown,
    FileTooLarge,
    FileTypeUnsupported,
    MessageUnknown,
    PhoneUnknown,
    SoundUnreadable,
)
from munbot_simulator.webhooks.courier import Courier, Parcel
from munbot_simulator.webhooks.payloads import message_part, status_part


def new_wamid() -> str:
    """Return an id such as WhatsApp gives: with characters that are none of an address."""
    return f"wamid.{base64.b64encode(secrets.token_bytes(30)).decode()}"


def shown(file: StoredFile) -> FileShown:
    """Return a file as a telephone shows it."""
    return FileShown(
        id=file.id,
        content_type=file.content_type,
        size=len(file.data),
        filename=file.filename,
        voice=file.voice,
        seconds=file.seconds,
    )


class PhoneService:
    """Writes, chooses, sends files, and reads."""

    def __init__(
        self,
        *,
        book: AccountBook,
        world: World,
        media: MediaStore,
        courier: Courier,
        clock: Clock,
    ) -> None:
        self._book = book
        self._world = world
        self._media = media
        self._courier = courier
        self._clock = clock

    def phone(self, number: str) -> Phone:
        """Return a telephone.

        Raises:
            PhoneUnknown: no such.
        """
        if phone := self._world.phone(number):
            return phone
        raise PhoneUnknown

    def account(self, slug: str) -> SimulatedAccount:
        """Return an office's number.

        Raises:
            AccountUnknown: no such.
        """
        if account := self._book.by_slug(slug):
            return account
        raise AccountUnknown

    def write(self, number: str, request: MessageRequest) -> Entry:
        """Send a message that is no file.

        Raises:
            PhoneUnknown, AccountUnknown, MessageUnknown, ChoiceUnknown, TooManyPending: not sent.
        """
        phone, account = self.phone(number), self.account(request.account)
        match request:
            case TextRequest():
                answered = self._message(phone, request.reply_to, account) if request.reply_to else None
                return self._send(phone, account, "text", answered=answered, text=request.text)
            case ChoiceRequest():
                answered = self._message(phone, request.message_id, account)
                option = answered.option(request.choice_id)
                if option is None:
                    raise ChoiceUnknown
                return self._send(phone, account, "choice", answered=answered, text=option.title, choice_id=option.id)
            case LocationRequest():
                return self._send(phone, account, "location", location=request.location)
            case ReactionRequest():
                answered = self._message(phone, request.message_id, account)
                return self._send(phone, account, "reaction", answered=answered, text=request.emoji)
            case _:
                return self._send(phone, account, "unsupported")

    def write_file(
        self, number: str, slug: str, kind: MediaKind, data: bytes, *, content_type: str, filename: str, caption: str
    ) -> Entry:
        """Send an image (JPEG, PNG), a document, or a sound file as it is.

        Raises:
            PhoneUnknown, AccountUnknown, TooManyPending: not sent.
            FileTooLarge, FileTypeUnsupported: nothing that WhatsApp would send.
        """
        phone, account = self.phone(number), self.account(slug)
        found = image_type(data) if kind == "image" else content_type
        if not data or base_type(found) not in TYPES[kind]:
            raise FileTypeUnsupported
        if len(data) > MAX_BYTES[kind]:
            raise FileTooLarge
        self._courier.check_room(account, number)
        file = self._media.add(kind, found or content_type, data, filename=filename or None)
        return self._send(phone, account, kind, text=caption, file=file)

    def write_voice(self, number: str, slug: str, note: tuple[bytes, int]) -> Entry:
        """Send a voice note, made by `voice_note`.

        Raises:
            PhoneUnknown, AccountUnknown, FileTooLarge, TooManyPending: not sent.
        """
        phone, account = self.phone(number), self.account(slug)
        data, seconds = note
        if len(data) > MAX_BYTES["audio"]:
            raise FileTooLarge
        self._courier.check_room(account, number)
        file = self._media.add("audio", CONTENT_TYPE, data, voice=True, seconds=seconds)
        return self._send(phone, account, "audio", file=file)

    def read(self, number: str, slug: str) -> None:
        """Show all messages of an account on the page: the office is told that they were read.

        Raises:
            PhoneUnknown, AccountUnknown: no such.
        """
        phone, account = self.phone(number), self.account(slug)
        unread = [
            entry
            for entry in phone.changed.values()
            if entry.author == "office" and entry.account == slug and entry.status in {"sent", "delivered"}
        ]
        now = int(self._clock().timestamp())
        for entry in sorted(unread, key=lambda item: item.position):
            self._world.raise_status(entry, "read")
            self.tell(account, entry, status_part(entry, "read", now))

    async def changes(self, numbers: Collection[str], since: int, *, wait: float = 0) -> Changes:
        """Return what changed on some telephones after `since`; waits for something, at most `wait` seconds."""
        deadline = self._clock().timestamp() + wait
        while True:
            seq = self._world.seq
            found = Changes(
                seq=seq,
                messages=self._world.entries_after(numbers, since),
                typing=self._world.typing_after(numbers, since),
            )
            left = deadline - self._clock().timestamp()
            if found.messages or found.typing or left <= 0:
                return found
            await self._world.wait(seq, left)

    def tell(self, account: SimulatedAccount, entry: Entry, part: Any) -> None:
        """Post what became of an office's message."""
        self._courier.post(
            account, entry.phone, Parcel(part, taken=lambda: None, refused=lambda _attempts, _answer: None)
        )

    def _message(self, phone: Phone, entry_id: str, account: SimulatedAccount) -> Entry:
        entry = phone.changed.get(entry_id)
        if entry is None or entry.account != account.slug:
            raise MessageUnknown
        return entry

    def _send(
        self,
        phone: Phone,
        account: SimulatedAccount,
        kind: EntryKind,
        *,
        answered: Entry | None = None,
        file: StoredFile | None = None,
        **values: Any,
    ) -> Entry:
        self._courier.check_room(account, phone.number)
        entry = Entry(
            id=new_wamid(),
            phone=phone.number,
            account=account.slug,
            author="citizen",
            kind=kind,
            at=self._clock(),
            reply_to=answered.id if answered else None,
            file=shown(file) if file else None,
            **values,
        )
        self._world.add(phone, entry)
        part = message_part(account, phone.name, entry, answered=answered, file=file)

        def taken() -> None:
            if entry.undelivered:
                self._world.change(entry, undelivered=None)
            self._world.raise_status(entry, "delivered")

        def refused(attempts: int, answer: str) -> None:
            self._world.change(entry, undelivered=Undelivered(attempts=attempts, answer=answer))

        self._courier.post(account, phone.number, Parcel(part, taken, refused))
        return entry


def voice_note(recorded: bytes) -> tuple[bytes, int]:
    """Return a recording as a voice note and its seconds. Takes time: not for the event loop.

    Raises:
        SoundUnreadable: there is nothing to hear.
    """
    try:
        return to_voice_note(recorded)
    except NoSound as error:
        raise SoundUnreadable from error
