"""Who of the officials has which conversation open, over all gateways."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

BEAT_SECONDS = 10.0


class Place(NamedTuple):
    """A conversation of a tenant."""

    tenant: str
    conversation_id: str


@dataclass(frozen=True, slots=True, order=True)
class Present:
    """An official who has a conversation open."""

    id: str
    name: str
    typing: bool = False


class Store(Protocol):
    """Where the gateways tell one another who is present. It may be away: then each knows its own officials only."""

    async def put(self, place: Place, agents: list[Present]) -> None:
        """Keep who is present here, and tell the others; nobody: forget the place."""
        ...

    async def others(self, place: Place) -> list[Present]:
        """Return who is present at the other gateways."""
        ...


Tell = Callable[[Place, list[dict[str, Any]]], Awaitable[None]]
"""Shows to everybody who has this conversation open who else has."""


@dataclass(slots=True)
class _Seat:
    place: Place
    agent_id: str
    name: str
    typing: bool = False


class Presence:
    """One gateway's officials and what they have open."""

    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._tell = tell
        self._seats: dict[str, _Seat] = {}
        self._told: dict[Place, list[Present]] = {}
        # Two writes about one place must not overtake each other on their way to the store.
        self._lock = asyncio.Lock()

    async def sit(self, sid: str, place: Place, *, agent_id: str, name: str) -> None:
        """Note that this socket has a conversation open, and no other."""
        left = self._seats.get(sid)
        self._seats[sid] = _Seat(place, agent_id, name)
        if left is not None and left.place != place:
            await self._changed(left.place)
        await self._changed(place, newcomer=True)

    async def leave(self, sid: str) -> None:
        """Note that this socket has nothing open."""
        left = self._seats.pop(sid, None)
        if left is not None:
            await self._changed(left.place)

    async def typing(self, sid: str, *, on: bool) -> None:
        """Note that an official begins or stops to write in what they have open."""
        seat = self._seats.get(sid)
        if seat is not None and seat.typing is not on:
            seat.typing = on
            await self._changed(seat.place)

    async def heard(self, place: Place) -> None:
        """Show what another gateway told of a place, where somebody here has it open."""
        if any(seat.place == place for seat in self._seats.values()):
            await self._show(place)

    async def beat(self) -> None:
        """Say again who is here, and notice who fell silent elsewhere."""
        for place in {seat.place for seat in self._seats.values()}:
            async with self._lock:
                await self._store.put(place, self._here(place))
            await self._show(place)

    async def close(self) -> None:
        """Forget everybody, as the process ends."""
        places = {seat.place for seat in self._seats.values()}
        self._seats.clear()
        for place in places:
            await self._store.put(place, [])

    async def _changed(self, place: Place, *, newcomer: bool = False) -> None:
        async with self._lock:
            await self._store.put(place, self._here(place))
        await self._show(place, anyway=newcomer)

    async def _show(self, place: Place, *, anyway: bool = False) -> None:
        async with self._lock:
            others = await self._store.others(place)
            here = self._here(place)
            if not here:
                self._told.pop(place, None)
                return
            agents = merged([*here, *others])
            if anyway or self._told.get(place) != agents:
                self._told[place] = agents
                await self._tell(place, [asdict(agent) for agent in agents])

    def _here(self, place: Place) -> list[Present]:
        return merged(
            Present(seat.agent_id, seat.name, seat.typing) for seat in self._seats.values() if seat.place == place
        )


def merged(agents: Iterable[Present]) -> list[Present]:
    """Return each official once, however many windows they have: writing if they write in one of them."""
    found: dict[str, Present] = {}
    for agent in agents:
        before = found.get(agent.id)
        typing = agent.typing or (before is not None and before.typing)
        found[agent.id] = Present(agent.id, agent.name or (before.name if before else ""), typing)
    return sorted(found.values(), key=lambda agent: (agent.name, agent.id))
