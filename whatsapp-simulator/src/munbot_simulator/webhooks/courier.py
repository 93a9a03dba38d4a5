"""Posts webhooks: signed, in order for each telephone, and again until they were taken."""

import asyncio
import hashlib
import hmac
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from munbot_common.logs import get_logger

from munbot_simulator.accounts import SimulatedAccount
from munbot_simulator.faults.board import FaultBoard
from munbot_simulator.metrics import WEBHOOKS
from munbot_simulator.problems import TooManyPending
from munbot_simulator.webhooks.payloads import Part, body_of

log = get_logger("simulator.webhooks")

MAX_WAIT_SECONDS = 300.0
_CHANCE = random.SystemRandom()


def wait_after(attempts: int) -> float:
    """Return the seconds to wait after so many attempts: 1, 2, 4 … up to five minutes (Meta: minutes to days)."""
    return min(2.0 ** min(attempts - 1, 16), MAX_WAIT_SECONDS)


def signature(secret: str, body: bytes) -> str:
    """Return what Meta puts into X-Hub-Signature-256."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@dataclass(slots=True)
class Parcel:
    """Something to be told, and whom to tell how it goes."""

    part: Part
    taken: Callable[[], None]
    refused: Callable[[int, str], None]


@dataclass(slots=True)
class _Lane:
    """What one telephone has to tell one account, first to last. `released` of them are held back no longer."""

    account: SimulatedAccount
    parcels: list[Parcel] = field(default_factory=list)
    released: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Courier:
    """Carries what happens on telephones to the platform.

    Args:
        http: for the platform.
        base_url: of the bridge.
        secret: signs the bodies.
        faults: the switches.
        max_pending: parcels that one telephone may have waiting.
    """

    def __init__(
        self, http: httpx.AsyncClient, *, base_url: str, secret: str, faults: FaultBoard, max_pending: int
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._secret = secret
        self._faults = faults
        self._max_pending = max_pending
        self._lanes: dict[tuple[str, str], _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def address(self, account: SimulatedAccount) -> str:
        """Return where an account's webhooks go."""
        return f"{self._base_url}/webhooks/whatsapp/meta/{account.slug}"

    async def verify(self, account: SimulatedAccount) -> tuple[bool, str]:
        """Ask the bridge what Meta asks when a webhook is set up; returns whether it answers well, and what."""
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": self._secret}
        try:
            response = await self._http.get(self.address(account), params=query)
        except httpx.TimeoutException:
            return False, "timeout"
        except httpx.HTTPError:
            return False, "unreachable"
        return response.is_success and response.text == challenge, str(response.status_code)

    def check_room(self, account: SimulatedAccount, phone: str) -> None:
        """See whether a telephone may write.

        Raises:
            TooManyPending: not before the platform takes what waits.
        """
        lane = self._lanes.get((account.slug, phone))
        if lane and len(lane.parcels) >= self._max_pending:
            raise TooManyPending

    def post(self, account: SimulatedAccount, phone: str, parcel: Parcel) -> None:
        """Take something to be told."""
        key = (account.slug, phone)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(account)
            task = asyncio.create_task(self._run(key, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        faults = self._faults.now
        copies = _CHANCE.randint(1, faults.duplicate) if faults.duplicate_at_random else faults.duplicate
        lane.parcels.extend([parcel] * copies)
        lane.wake.set()

    def retry_now(self) -> None:
        """Let nothing wait any longer: something has changed."""
        for lane in self._lanes.values():
            lane.wake.set()

    async def close(self) -> None:
        """Stop; what was not told is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: tuple[str, str], lane: _Lane) -> None:
        attempts = waited = 0
        while lane.parcels:
            await self._faults.until_up()
            await self._hold(lane)
            batch = lane.parcels[: lane.released if self._faults.now.burst else 1]
            lane.wake.clear()
            answer = await self._send(lane.account, [parcel.part for parcel in batch])
            if answer == "taken":
                del lane.parcels[: len(batch)]
                lane.released = max(0, lane.released - len(batch))
                attempts = waited = 0
                for parcel in batch:
                    parcel.taken()
                continue
            attempts += 1
            for parcel in batch:
                parcel.refused(attempts, answer)
            # What comes meanwhile is tried at once, and makes the others wait no longer.
            waited += not await _woken(lane.wake, wait_after(waited + 1))
        del self._lanes[key]

    async def _hold(self, lane: _Lane) -> None:
        """With `burst` or `shuffle`, let more come before anything goes."""
        faults = self._faults.now
        if not (faults.burst or faults.shuffle):
            lane.released = 0
        elif lane.released == 0:
            await asyncio.sleep(faults.hold_ms / 1000)
            lane.released = len(lane.parcels)
            if faults.shuffle:
                _CHANCE.shuffle(lane.parcels)

    async def _send(self, account: SimulatedAccount, parts: list[Part]) -> str:
        """Return "taken", or the reason why not."""
        body = body_of(account, parts)
        secret = f"not-{self._secret}" if self._faults.now.bad_signature else self._secret
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(secret, body)}
        try:
            response = await self._http.post(self.address(account), content=body, headers=headers)
        except httpx.TimeoutException:
            answer = "timeout"
        except httpx.HTTPError:
            answer = "unreachable"
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane goes on
            # anyio 4 raises AttributeError where the other side dies while the connection is being made.
            log.warning("webhook_broke", kind=type(error).__name__)
            answer = "unreachable"
        else:
            answer = "taken" if response.is_success else str(response.status_code)
        WEBHOOKS.labels(answer).inc()
        if answer != "taken":
            log.info("webhook_not_taken", account=account.slug, answer=answer)
        return answer


async def _woken(event: asyncio.Event, seconds: float) -> bool:
    """Wait; returns whether the event came first."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
