import asyncio
from pathlib import Path

import pytest
from munbot_rasa.serving.tracker_store import BatchingTrackerStore, event_class
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

DOMAIN = Domain.from_dict(
    {
        "intents": ["inform"],
        "slots": {"rut": {"type": "text", "mappings": [{"type": "custom"}]}},
        "actions": ["action_x"],
    }
)


def open_store(path: Path) -> BatchingTrackerStore:
    return BatchingTrackerStore(DOMAIN, dialect="sqlite", db=str(path / "rasa.db"))


def say(tracker: DialogueStateTracker, text: str) -> None:
    tracker.update_with_events(
        [
            UserUttered(text, {"name": "inform", "confidence": 0.9}, metadata={"message_id": text}),
            ActionExecuted("action_x"),
            SlotSet("rut", text),
            BotUttered("listo", data={"buttons": [{"title": "a", "payload": "/inform"}]}),
            ActionExecuted("action_listen"),
        ],
        DOMAIN,
    )


def begin(sender: str = "c.1") -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, DOMAIN.slots)
    tracker.update_with_events(
        [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")], DOMAIN
    )
    return tracker


def test_what_is_saved_comes_back_and_rasas_own_store_reads_it(tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(tmp_path)
        tracker = begin()
        say(tracker, "uno")
        await store.save(tracker)
        for text in ("dos", "tres"):
            again = await store.retrieve("c.1")
            assert again is not None
            say(again, text)
            await store.save(again)
        ours = await store.retrieve("c.1")
        theirs = await SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(tmp_path / "rasa.db")).retrieve("c.1")
        assert ours is not None
        assert theirs is not None
        assert [event.as_dict() for event in ours.events] == [event.as_dict() for event in theirs.events]
        assert len(ours.events) == 2 + 3 * 5  # Rasa reads a session from its `session_started` on
        assert ours.get_slot("rut") == "tres"

    asyncio.run(run())


def test_saving_twice_stores_nothing_twice(tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(tmp_path)
        tracker = begin()
        await store.save(tracker)
        await store.save(tracker)
        say(tracker, "uno")
        await store.save(tracker)
        again = await store.retrieve_full_tracker("c.1")
        assert again is not None
        assert [event.as_dict() for event in again.events] == [event.as_dict() for event in tracker.events]

    asyncio.run(run())


def test_a_turn_that_never_saves_leaves_the_tracker_as_it_was(tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(tmp_path)
        tracker = begin()
        say(tracker, "uno")
        await store.save(tracker)
        lost = await store.retrieve("c.1")
        assert lost is not None
        say(lost, "dos")
        again = await store.retrieve("c.1")
        assert again is not None
        assert again.get_slot("rut") == "uno"
        assert [e.metadata["message_id"] for e in again.events if isinstance(e, UserUttered)] == ["uno"]

    asyncio.run(run())


def test_a_new_session_begins_anew_and_keeps_the_old_one_for_the_full_tracker(tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(tmp_path)
        tracker = begin()
        say(tracker, "uno")
        await store.save(tracker)
        again = await store.retrieve("c.1")
        assert again is not None
        again.update_with_events([ActionExecuted("action_session_start"), SessionStarted()], DOMAIN)
        say(again, "dos")
        await store.save(again)
        latest, full = await store.retrieve("c.1"), await store.retrieve_full_tracker("c.1")
        assert latest is not None
        assert full is not None
        assert len(full.events) == 3 + 5 + 2 + 5
        assert [e.text for e in latest.events if isinstance(e, UserUttered)] == ["dos"]

    asyncio.run(run())


def test_nobody_is_nothing(tmp_path: Path) -> None:
    assert asyncio.run(open_store(tmp_path).retrieve("unknown")) is None


def test_every_event_is_found_by_its_name() -> None:
    for found in all_subclasses(Event):
        assert event_class(found.type_name, None) is Event.resolve_by_type(found.type_name)
    with pytest.raises(ValueError, match="Unknown event"):
        event_class("no such event", None)


def test_a_conversation_is_forgotten_with_all_its_sessions_and_no_other(tmp_path: Path) -> None:
    first, second = "019358ef-0000-7000-8000-000000000001", "019358ef-0000-7000-8000-000000000011"

    async def run() -> None:
        store = open_store(tmp_path)
        for sender in (f"{first}.1", f"{first}.2", f"{second}.1"):
            tracker = begin(sender)
            say(tracker, "15482903-2")
            await store.save(tracker)
        each = store.kept([second])
        assert each > 0
        assert store.kept([first]) == 2 * each
        assert store.forget([first]) == 2 * each
        assert store.kept([first]) == store.forget([first]) == 0
        assert store.kept([second]) == each
        assert await store.retrieve(f"{first}.2") is None

    asyncio.run(run())


def test_trackers_of_long_ago_go_whole_and_live_ones_stay_whole(tmp_path: Path) -> None:
    async def run() -> None:
        store = open_store(tmp_path)
        for sender, moment in (("old.1", 1_000.0), ("new.1", 3_000.0)):
            tracker = begin(sender)
            say(tracker, "hola")
            for number, event in enumerate(tracker.events):
                event.timestamp = 500.0 if number == 0 else moment
            await store.save(tracker)
        assert store.forget_before(2_000.0) > 0
        assert await store.retrieve("old.1") is None
        kept = await store.retrieve("new.1")
        assert kept is not None
        assert kept.latest_message.text == "hola"
        assert store.forget_before(2_000.0) == 0

    asyncio.run(run())
