"""All telephones, in memory, with everything that changes on them numbered in one sequence."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from munbot_simulator.phones.models import STATUS_RANK, Entry, EntryStatus, Phone, Typing


class World:
    """Telephones by number. Who wants to know what happens asks for changes after the last number they know.

    Attributes:
        epoch: another one after each restart, when the sequence begins anew.

    Args:
        max_phones: the one that was used longest ago makes room.
        max_messages: kept on each telephone; the oldest make room.
    """

    def __init__(self, *, max_phones: int, max_messages: int) -> None:
        self.epoch = secrets.token_hex(4)
        self._max_phones = max_phones
        self._max_messages = max_messages
        self._phones: OrderedDict[str, Phone] = OrderedDict()
        self._entries: dict[str, Entry] = {}
        self._seq = 0
        self._changed = asyncio.Event()

    @property
    def seq(self) -> int:
        """Number of the last change."""
        return self._seq

    def phones(self) -> list[Phone]:
        """Return all telephones, the one used last at the end."""
        return list(self._phones.values())

    def put(self, number: str, name: str) -> Phone:
        """Return the telephone of a number, made now if need be, with this name."""
        phone = self._phones.setdefault(number, Phone(number, name))
        phone.name = name
        self._phones.move_to_end(number)
        while len(self._phones) > self._max_phones:
            self.remove(next(iter(self._phones)))
        return phone

    def phone(self, number: str) -> Phone | None:
        """Return a telephone."""
        return self._phones.get(number)

    def remove(self, number: str) -> None:
        """Throw a telephone away."""
        phone = self._phones.pop(number, None)
        for entry_id in phone.changed if phone else ():
            self._entries.pop(entry_id, None)

    def entry(self, entry_id: str) -> Entry | None:
        """Return a message of any telephone."""
        return self._entries.get(entry_id)

    def add(self, phone: Phone, entry: Entry) -> None:
        """Put a message on a telephone."""
        self._phones.move_to_end(phone.number)
        entry.position = entry.seq = self._next()
        phone.changed[entry.id] = self._entries[entry.id] = entry
        if entry.author == "citizen":
            phone.wrote_at[entry.account] = entry.at
        while len(phone.changed) > self._max_messages:
            oldest = min(phone.changed.values(), key=lambda kept: kept.position)
            del phone.changed[oldest.id], self._entries[oldest.id]
        self._tell()

    def change(self, entry: Entry, **values: Any) -> None:
        """Change fields of a message, if it is still there."""
        phone = self._phones.get(entry.phone)
        if phone is None or entry.id not in phone.changed:
            return
        for name, value in values.items():
            setattr(entry, name, value)
        entry.seq = self._next()
        phone.changed.move_to_end(entry.id)
        self._tell()

    def raise_status(self, entry: Entry, status: EntryStatus) -> bool:
        """Give a message a status; never an earlier one than it has. Returns whether it changed."""
        if STATUS_RANK[status] <= STATUS_RANK[entry.status]:
            return False
        self.change(entry, status=status)
        return True

    def type(self, phone: Phone, account: str, until: datetime | None) -> None:
        """Show an office as writing, or, with None, not any more."""
        shown = phone.typing.get(account)
        if until is None and (shown is None or shown[1].until is None):
            return
        phone.typing[account] = (self._next(), Typing(phone=phone.number, account=account, until=until))
        self._tell()

    def entries_after(self, numbers: Collection[str], since: int) -> list[Entry]:
        """Return messages of some telephones that changed after `since`, in their order on the telephone."""
        found = []
        for number in numbers:
            phone = self._phones.get(number)
            for entry in reversed(phone.changed.values()) if phone else ():
                if entry.seq <= since:
                    break
                found.append(entry)
        return sorted(found, key=lambda entry: entry.position)

    def typing_after(self, numbers: Collection[str], since: int) -> list[Typing]:
        """Return who began or ceased to write after `since`."""
        phones = (self._phones.get(number) for number in numbers)
        return [typing for phone in phones if phone for seq, typing in phone.typing.values() if seq > since]

    async def wait(self, since: int, seconds: float) -> None:
        """Wait until something has changed after `since`, at most some seconds."""
        if self._seq > since:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
