import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from munbot_common.auth import TokenVerifier
from munbot_common.client import ServiceAway
from munbot_common.ids import uuid7
from munbot_contracts.envelope import AnyEvent
from munbot_web.staff.delivery import StaffDelivery
from munbot_web.staff.directory import HubDirectory, Official
from munbot_web.staff.events import BINDINGS, concerns_staff
from munbot_web.staff.presence import Place, Presence, Present, merged
from munbot_web.staff.sessions import AccountOver, Sessions

PLACE = Place("valle-claro", "c-1")


class Shared:
    """Redis as the gateways use it, with a clock that the test turns."""

    def __init__(self):
        self.kept, self.now = {}, 0.0

    def of(self, instance):
        return _Store(self, instance)


class _Store:
    def __init__(self, shared, instance):
        self.shared, self.instance, self.away = shared, instance, False

    async def put(self, place, agents):
        if not self.away:
            self.shared.kept[place, self.instance] = (self.shared.now + 30, list(agents))

    async def others(self, place):
        if self.away:
            return []
        kept = [v for (p, i), v in self.shared.kept.items() if p == place and i != self.instance]
        return [agent for until, agents in kept if until > self.shared.now for agent in agents]


class Told(list):
    async def __call__(self, place, agents):
        self.append((place, [(agent["name"], agent["typing"]) for agent in agents]))


def test_a_gateway_that_died_is_forgotten():
    async def run():
        shared, told = Shared(), Told()
        here, there = Presence(shared.of("a"), told), Presence(shared.of("b"), Told())
        await there.sit("s2", PLACE, agent_id="2", name="Beto")
        await here.sit("s1", PLACE, agent_id="1", name="Ana")
        await here.beat()
        shared.now = 31.0  # and the other one says nothing any more
        await here.beat()
        await here.beat()
        return told

    told = asyncio.run(run())
    # Told once when it changed, and not again while nothing changes.
    assert told == [(PLACE, [("Ana", False), ("Beto", False)]), (PLACE, [("Ana", False)])]


def test_without_a_store_each_gateway_knows_its_own():
    async def run():
        told = Told()
        store = Shared().of("a")
        store.away = True
        presence = Presence(store, told)
        await presence.sit("s1", PLACE, agent_id="1", name="Ana")
        await presence.sit("s2", PLACE, agent_id="2", name="Beto")
        await presence.typing("s2", on=True)
        await presence.leave("s1")
        await presence.leave("unknown")
        return told

    assert [agents for _, agents in asyncio.run(run())] == [
        [("Ana", False)],
        [("Ana", False), ("Beto", False)],
        [("Ana", False), ("Beto", True)],
        [("Beto", True)],
    ]


def test_a_process_that_ends_leaves_nobody_behind():
    async def run():
        shared = Shared()
        presence = Presence(shared.of("a"), Told())
        await presence.sit("s1", PLACE, agent_id="1", name="Ana")
        await presence.close()
        return await shared.of("b").others(PLACE)

    assert asyncio.run(run()) == []


def test_one_official_counts_once_and_writes_if_any_window_does():
    windows = [Present("1", "", typing=True), Present("2", "Beto"), Present("1", "Ana")]
    assert merged(windows) == [Present("1", "Ana", typing=True), Present("2", "Beto")]


class FakeDirectory:
    def __init__(self, **officials):
        self.officials, self.away = officials, False

    async def find(self, tenant, agent_id):
        if self.away:
            raise ServiceAway
        return self.officials.get(agent_id)


def sessions(directory, key_pair):
    over = []

    async def end(sid, code):
        over.append((sid, code))

    return Sessions(TokenVerifier(key_pair[1]), directory, end), over


@pytest.mark.parametrize(
    ("change", "ended"),
    [
        ({"active": False}, True),
        ({"role": "viewer"}, True),
        ({"name": "Ana María"}, False),
        (None, True),
    ],
)
def test_a_changed_account_ends_its_sockets(key_pair, make_token, change, ended):
    async def run():
        ana = {"id": "1", "name": "Ana", "role": "agent", "active": True}
        directory = FakeDirectory(**{"1": Official(**ana)})
        open_, over = sessions(directory, key_pair)
        await open_.begin("s1", make_token("agent", subject="1"))
        directory.officials = {"1": Official(**ana | change)} if change else {}
        await open_.check()
        open_.end("s1")
        return over

    assert asyncio.run(run()) == ([("s1", AccountOver.code)] if ended else [])


def test_while_nobody_knows_the_accounts_the_token_is_enough(key_pair, make_token):
    async def run():
        directory = FakeDirectory()
        directory.away = True
        open_, over = sessions(directory, key_pair)
        session = await open_.begin("s1", make_token("agent", subject="1"))
        await open_.check()
        assert (open_.end("s1"), open_.end("s1"), len(open_)) == (True, False, 0)
        return session, over

    session, over = asyncio.run(run())
    assert (session.tenant, session.role, session.name, over) == ("valle-claro", "agent", "", [])


class Conversations:
    def __init__(self):
        self.asked, self.away = 0, False

    async def request(self, method, path, *, tenant):
        self.asked += 1
        if self.away:
            raise ServiceAway
        return {"items": [{"id": "1", "name": f"Ana {tenant}", "role": "agent", "active": True}]}


def test_the_directory_asks_seldom_and_remembers_while_nobody_answers():
    async def run():
        clock, hub = [0.0], Conversations()
        directory = HubDirectory(hub, monotonic=lambda: clock[0])
        names = [(await directory.find("valle-claro", "1")).name for _ in range(3)]
        assert hub.asked == 1
        assert await directory.find("valle-claro", "2") is None  # somebody new is looked for
        assert hub.asked == 2
        clock[0], hub.away = 31.0, True
        names.append((await directory.find("valle-claro", "1")).name)
        assert hub.asked == 3
        with pytest.raises(ServiceAway):
            await directory.find("punta-brava", "1")
        return names

    assert set(asyncio.run(run())) == {"Ana valle-claro"}


def event(type_):
    return AnyEvent(
        id=uuid7(),
        source="/t",
        type=type_,
        subject="x",
        time=datetime.now(UTC),
        tenant="valle-claro",
        correlationid="c",
        data={"complaint_id": str(uuid4())},
    )


def test_events_keep_their_order_and_a_failure_stops_nothing():
    async def run():
        heard, done = [], asyncio.Event()

        class Room:
            async def event(self, one):
                heard.append(one)
                if one is events[-1]:
                    done.set()
                if one is events[1]:
                    raise RuntimeError

        events = [event("munbot.complaint.created.v1") for _ in range(20)]
        lane = StaffDelivery(asyncio.get_running_loop(), Room())
        pump = asyncio.create_task(lane.run())
        others = [event("munbot.message.received.v1"), event("munbot.llm_job.completed.v1")]
        await asyncio.to_thread(lambda: [lane.handle(one) for one in others + events])
        await asyncio.wait_for(done.wait(), timedelta(seconds=30).total_seconds())
        pump.cancel()
        return heard, events

    heard, events = asyncio.run(run())
    assert heard == events


def test_what_is_bound_is_what_is_passed_on():
    assert "message.stored.v1" in BINDINGS
    assert {"conversation.#", "appointment.#", "complaint.#"} <= set(BINDINGS)
    assert concerns_staff("munbot.conversation.assigned.v1")
    assert not concerns_staff("munbot.message.received.v1")
    assert not concerns_staff("munbot.message.media.v1")
