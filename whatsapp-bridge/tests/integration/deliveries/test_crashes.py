"""Senders and the queue's handler are killed with -9 at every step of theirs, one after another."""

import random

from munbot_common.ids import uuid7
from munbot_common.outbox import make_event
from munbot_contracts.messages import MESSAGE_OUTBOUND, MessageOutbound

KILLED = -9
LONG = "Una frase de la respuesta. " * 200
"""Sent in two parts."""


def queue_for_two(office):
    """Three messages, one of them in two parts, to two citizens; returns what each is to get."""
    one, two = office.citizen(), office.citizen()
    office.queue(one, LONG)
    office.queue(one, "¿Algo más?")
    office.queue(two, "Hola")
    return {
        part.address: [p.body["text"] for p in office.parts() if p.address == part.address] for part in office.parts()
    }


def die_at_each_step(office, wire, zygote, after_death):
    """Kill a sender at its first step, another at its second … until one survives; yields what was wanted and got."""
    step = 0
    while True:
        step += 1
        wire.sends.clear()
        wanted = queue_for_two(office)
        ended = zygote.run(die_at=step)
        if ended == KILLED:
            after_death()
            office.later()
            assert zygote.run() == 0
        else:
            assert ended == 0
        assert {part.state for part in office.parts()} == {"sent"}
        yield step, wanted, wire.texts()
        office.execute("DELETE FROM deliveries")
        if ended == 0:
            return


def test_with_statuses_each_message_goes_once_and_in_order_wherever_the_sender_dies(office, wire, zygote):
    def tell_all():
        for sent in wire.sends:
            office.tell(sent)

    for step, wanted, got in die_at_each_step(office, wire, zygote, tell_all):
        assert got == wanted, f"killed at step {step}"
    assert step > 12


def test_without_statuses_only_what_was_being_sent_may_go_twice(office, wire, zygote):
    doubled = 0
    for step, wanted, got in die_at_each_step(office, wire, zygote, lambda: None):
        again = sum(map(len, got.values())) - sum(map(len, wanted.values()))
        assert again in (0, 1), f"killed at step {step}"
        doubled += again
        once = {address: list(dict.fromkeys(texts)) for address, texts in got.items()}
        assert once == wanted, f"killed at step {step}"
    assert doubled >= 4, "each of the four parts was once taken by the provider and not yet noted"


def test_a_part_whose_sender_died_waits_for_its_status_and_goes_on_at_once_with_it(office, wire, zygote):
    address = office.citizen()
    office.queue(address, "Primero")
    office.queue(address, "Segundo")
    step = 0
    while not wire.sends:  # the first step at which the provider has the message and we do not know
        step += 1
        assert zygote.run(die_at=step) == KILLED
        office.later()
    office.execute("UPDATE citizens SET lease_token = NULL")
    office.execute("UPDATE parts SET sending_since = now() WHERE state = 'sending'")
    assert zygote.run() == 0
    assert wire.texts() == {address: ["Primero"]}, "it waits for the status"
    assert office.tell(wire.sends[0]) == "applied"
    assert zygote.run() == 0
    assert wire.texts() == {address: ["Primero", "Segundo"]}


def bubbles(office, count=3):
    address, conversation = office.citizen(), uuid7()
    events = []
    for seq in range(1, count + 1):
        bubble = MessageOutbound(
            message_id=uuid7(),
            conversation_id=conversation,
            channel="whatsapp",
            account=office.account.slug,
            recipient=address,
            seq=seq,
            sender_type="bot",
            text=f"Burbuja {seq}",
            created_at="2026-11-23T12:00:00Z",
        )
        told = make_event(
            source="conversations",
            event_type=MESSAGE_OUTBOUND,
            subject=str(bubble.message_id),
            tenant="valle-claro",
            data=bubble,
        )
        events.append(told.model_dump(mode="json"))
    return address, events


def test_each_bubble_is_queued_once_and_in_order_wherever_the_handler_dies(office, wire, zygote):
    step, ended = 0, KILLED
    while ended == KILLED:
        step += 1
        address, events = bubbles(office)
        ended = zygote.run(die_at=step, events=events, statements=True)
        assert zygote.run(events=events) == 0  # the broker hands them over again, those that were handled too
        texts = [part.body["text"] for part in office.parts() if part.address == address]
        assert texts == ["Burbuja 1", "Burbuja 2", "Burbuja 3"], f"killed at step {step}"
    assert ended == 0
    assert step > 12


def test_several_senders_that_die_at_random_deliver_everything_once_and_in_order(office, wire, zygote):
    """Three processes of four threads, up to 16 deaths, a provider that tells the status of each message it took."""
    dice = random.Random(1)
    wire.on_send = office.tell
    citizens = [office.citizen() for _ in range(12)]
    wanted = {address: [f"Mensaje {number}" for number in range(8)] for address in citizens}
    for number in range(8):
        for address in citizens:
            office.queue(address, f"Mensaje {number}")

    def mortal():
        return zygote.start(die_at=dice.randint(3, 25), senders=4, grace=10, endless=True)

    deaths, alive = 0, [mortal() for _ in range(3)]
    while deaths < 16 and len(wire.sends) < 80:
        assert zygote.wait(alive.pop(0)) == KILLED
        deaths += 1
        alive.append(mortal())
    for pid in alive:
        assert zygote.wait(pid) == KILLED
    office.later()
    assert zygote.run(senders=4) == 0
    assert wire.texts() == wanted
    assert deaths > 3
