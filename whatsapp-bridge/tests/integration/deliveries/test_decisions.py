"""What the senders do about each answer of a provider."""

import math
import threading
import time
from types import SimpleNamespace

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import Heard
from munbot_whatsapp.deliveries.sweeper import Sweeper
from munbot_whatsapp.providers.base import Decision, SendFailed
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

LONG = "Una frase de la respuesta. " * 200
TEMPLATE = {"name": "recordatorio", "language": "es", "parameters": ["Ana"]}


def away(**given):
    return SendFailed(Decision.RETRY, "http_503", **given)


def test_what_fails_for_a_moment_is_tried_again_at_once(office, provider, send):
    address = office.citizen()
    office.queue(address, "Hola")
    provider.script["Hola"] = [away(), away()]
    send()
    assert provider.texts() == ["Hola"]
    assert (office.parts()[0].state, office.parts()[0].attempts) == ("sent", 1)


def test_after_three_tries_a_lane_waits_and_keeps_its_order_while_others_go_on(office, provider, send):
    one, two = office.citizen(), office.citizen()
    for text in ("Uno", "Dos"):
        office.queue(one, text)
    office.queue(two, "Otra persona")
    provider.script["Uno"] = [away()] * 3
    send()
    assert len(provider.calls) == 4
    assert provider.texts() == ["Otra persona"]
    assert [part.state for part in office.parts() if part.address == one] == ["queued", "queued"]
    send()
    assert provider.texts() == ["Otra persona"], "not before its time"
    office.later()
    send()
    assert provider.texts() == ["Otra persona", "Uno", "Dos"]


def test_a_message_that_may_have_gone_out_is_not_sent_again_when_its_status_comes(office, provider, send):
    address = office.citizen()
    message = office.queue(address, "Hola")
    office.queue(address, "Segundo")
    provider.script["Hola"] = [away(uncertain=True)]
    send()
    assert len(provider.calls) == 1
    assert [part.state for part in office.parts()] == ["sending", "queued"]
    sent = {"id": "wamid.1", "reference": provider.calls[0].reference}
    assert office.tell(sent, "delivered") == "applied"
    send()
    assert provider.texts() == ["Segundo"]
    assert office.parts(message)[0].provider_message_id == "wamid.1"
    assert office.delivery(message).status == "delivered"


def test_a_message_that_may_have_gone_out_goes_again_when_no_status_comes(office, provider, send):
    office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [away(uncertain=True)]
    send()
    office.later()
    send()
    assert provider.texts() == ["Hola"]
    first, second = provider.calls
    assert first.reference == second.reference
    assert office.tell({"id": "wamid.first", "reference": first.reference}) == "stale", "of the other copy"


@pytest.mark.parametrize(
    "heard", [None, Heard(since=20.0, lag=0.5), Heard(since=1e6, lag=4e3), Heard(since=1e6, lag=math.inf)]
)
def test_while_statuses_are_not_heard_nothing_goes_again(office, provider, send, heard):
    """Not subscribed, only just so, behind by more than an hour, or of unknown progress."""
    office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [away(uncertain=True)]
    send()
    office.later()
    send(heard=heard)
    assert len(provider.calls) == 1
    office.execute("UPDATE citizens SET due_at = now()")
    send()
    assert len(provider.calls) == 2


def test_a_limit_of_one_citizen_holds_up_nobody_else(office, provider, send):
    one, two = office.citizen(), office.citizen()
    office.queue(one, "Uno")
    office.queue(two, "Dos")
    office.queue(two, "Tres")
    provider.script["Uno"] = [SendFailed(Decision.WAIT_CITIZEN, "131056")]
    send()
    assert provider.texts() == ["Dos", "Tres"]
    assert office.account_now().paused_until is None
    office.later()
    send()
    assert provider.texts() == ["Dos", "Tres", "Uno"]


def test_a_limit_of_the_account_holds_up_all_of_it(office, provider, send, settings):
    settings.senders = 1
    one, two = office.citizen(), office.citizen()
    for address, text in ((one, "Uno"), (one, "Dos"), (two, "Tres")):
        office.queue(address, text)
    provider.script["Uno"] = [SendFailed(Decision.WAIT_ACCOUNT, "80007", retry_after=600)]
    send()
    assert provider.texts() == []
    assert len(provider.calls) == 1
    account = office.account_now()
    assert account.paused_until is not None
    assert account.last_error_code == "80007"
    office.later()
    send()
    assert sorted(provider.texts()) == ["Dos", "Tres", "Uno"]
    assert provider.texts().index("Uno") < provider.texts().index("Dos")


def test_bad_credentials_stop_the_account_until_somebody_looks(office, provider, send, settings):
    settings.senders = 1
    for number in range(3):
        office.queue(office.citizen(), f"Mensaje {number}")
    provider.script["Mensaje 0"] = [SendFailed(Decision.STOP, "190")]
    send()
    assert len(provider.calls) == 1
    assert office.account_now().stopped_reason == "190"
    office.set(stopped_reason=None)
    send()
    assert sorted(provider.texts()) == ["Mensaje 0", "Mensaje 1", "Mensaje 2"]


def test_credentials_that_cannot_be_opened_stop_the_account(office, provider, send):
    office.queue(office.citizen(), "Hola")

    def locked(row):
        raise RuntimeError("locked")

    send(open_account=locked)
    assert office.account_now().stopped_reason == "account_unusable"
    assert provider.calls == []


def test_what_never_can_be_sent_is_given_up_with_what_belongs_to_it_and_the_next_goes_on(office, provider, send):
    address = office.citizen()
    message = office.queue(address, LONG)
    office.queue(address, "Después")
    first = office.parts(message)[0].body["text"]
    provider.script[first] = [SendFailed(Decision.PERMANENT, "131026")]
    send()
    assert provider.texts() == ["Después"]
    assert [part.state for part in office.parts(message)] == ["failed", "dropped"]
    delivery = office.delivery(message)
    assert (delivery.status, delivery.error_code) == ("failed", "131026")
    assert office.statuses_told(message) == ["failed"]


def test_when_the_window_is_closed_the_template_goes_in_its_place(office, provider, send):
    address = office.citizen()
    office.queue(address, "Le recordamos su hora", template=TEMPLATE)
    office.queue(address, "Después")
    provider.script["Le recordamos su hora"] = [SendFailed(Decision.WINDOW_CLOSED, "131047")]
    send()
    assert provider.texts() == ["Le recordamos su hora", "Después"]
    words, template, _ = provider.calls
    assert (words.template, template.template.name) == (None, "recordatorio")
    assert words.reference != template.reference


def test_when_the_window_is_closed_and_there_is_no_template_it_fails(office, provider, send):
    message = office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [SendFailed(Decision.WINDOW_CLOSED, "131047")]
    send()
    assert (office.delivery(message).status, office.delivery(message).error_code) == ("failed", "131047")


def test_a_window_that_the_provider_finds_closed_afterwards_brings_the_template_once(office, provider, send):
    message = office.queue(office.citizen(), "Le recordamos su hora", template=TEMPLATE)
    send()
    (words,) = provider.taken
    closed = {"status": "failed", "decision": "window_closed", "code": "131047"}
    assert office.tell(words, **closed) == "applied"
    assert office.tell(words, **closed) == "unknown", "a repetition is not of the template"
    send()
    assert office.tell(words, **closed) == "unknown"
    template = provider.taken[1]
    assert provider.calls[1].template.name == "recordatorio"
    assert office.tell(template, "delivered") == "applied"
    assert office.delivery(message).status == "delivered"
    assert office.tell(template, "failed", code="131026") == "applied"
    assert len(provider.calls) == 2


def test_what_the_provider_refuses_afterwards_for_a_while_goes_again_twice_at_most(office, provider, send):
    message = office.queue(office.citizen(), "Hola")
    for _ in range(3):
        send()
        sent = provider.taken[-1]
        office.tell(sent)
        assert office.tell(sent, "failed", decision="retry", code="131000") == "applied"
        assert office.tell(sent, "failed", decision="retry", code="131000") == "unknown" or len(provider.taken) == 3
        office.later()
    send()
    assert provider.texts() == ["Hola"] * 3
    assert len({sent["reference"] for sent in provider.taken}) == 3
    assert (office.delivery(message).status, office.delivery(message).error_code) == ("failed", "131000")


def test_what_was_delivered_and_then_failed_is_not_sent_again(office, provider, send):
    message = office.queue(office.citizen(), "Hola")
    send()
    office.tell(provider.taken[0], "delivered")
    assert office.tell(provider.taken[0], "failed", decision="retry", code="131000") == "applied"
    send()
    assert provider.texts() == ["Hola"]
    assert office.delivery(message).status == "failed"


def test_credentials_that_are_refused_afterwards_stop_the_account_too(office, provider, send):
    message = office.queue(office.citizen(), "Hola")
    send()
    assert office.tell(provider.taken[0], "failed", decision="stop", code="131042") == "applied"
    assert office.account_now().stopped_reason == "131042"
    office.set(stopped_reason=None)
    send()
    assert provider.texts() == ["Hola", "Hola"]
    assert office.delivery(message).status == "sent"


def test_a_status_that_overtakes_the_providers_answer_is_not_undone_by_it(office, provider, send):
    office.queue(office.citizen(), "Le recordamos su hora", template=TEMPLATE)

    def closed(message):
        sent = {"id": "wamid.early", "reference": message.reference}
        assert office.tell(sent, "failed", decision="window_closed", code="131047") == "applied"

    provider.script["Le recordamos su hora"] = [closed]
    send()
    assert [call.template is not None for call in provider.calls] == [False, True]
    assert office.parts()[0].provider_message_id == provider.taken[1]["id"]


def test_a_message_that_was_taken_although_the_provider_said_otherwise_is_not_sent_again(office, provider, send):
    office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [away()] * 3
    send()
    assert office.parts()[0].state == "queued"
    assert office.tell({"id": "wamid.1", "reference": provider.calls[0].reference}) == "applied"
    send()
    assert len(provider.calls) == 3
    assert office.parts()[0].state == "sent"


def test_a_provider_that_breaks_is_an_uncertain_answer(office, provider, send):
    office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [ValueError("secret")]
    send()
    assert (office.parts()[0].state, office.parts()[0].error_code) == ("sending", "internal")


def test_statuses_never_go_back_and_a_delivery_is_as_far_as_its_last_part(office, provider, send):
    message = office.queue(office.citizen(), LONG)
    send()
    one, two = provider.taken
    assert office.tell(one, "read", reference=False) == "applied"
    assert office.delivery(message).status == "sent"
    assert office.tell(two, "delivered", reference=False) == "applied"
    assert office.tell(two, "sent") == "stale"
    assert office.tell(one, "delivered") == "stale"
    assert office.delivery(message).status == "delivered"
    assert office.tell(two, "played") == "applied"
    assert office.statuses_told(message) == ["sent", "delivered", "read"]


def test_a_status_of_nothing_of_ours_is_unknown(office, provider, send):
    for reference in (None, "", "x", str(uuid7())):
        assert office.tell({"id": "wamid.other", "reference": reference}) == "unknown"


def test_a_queued_message_is_queued_once(office, provider, send):
    address, message = office.citizen(), uuid7()
    for _ in range(3):
        office.queue(address, "Hola", message_id=message)
    send()
    office.queue(address, "Hola", message_id=message)
    send()
    assert provider.texts() == ["Hola"]


def test_who_opted_out_gets_answers_but_nothing_that_the_office_begins(office, provider, send):
    address = office.citizen()
    begun = office.queue(address, "Recordatorio", origin="office")
    office.queue(address, "Respuesta")
    office.execute("UPDATE citizens SET opted_out_at = now()")
    send()
    assert provider.texts() == ["Respuesta"]
    assert (office.delivery(begun).status, office.delivery(begun).error_code) == ("failed", "opted_out")


def test_what_waited_a_day_is_given_up(office, provider, send):
    address = office.citizen()
    old = office.queue(address, LONG)
    office.execute("UPDATE deliveries SET created_at = now() - interval '25 hours'")
    office.queue(address, "Nuevo")
    send()
    assert provider.texts() == ["Nuevo"]
    assert (office.delivery(old).status, office.delivery(old).error_code) == ("failed", "expired")


def test_the_sweeper_gives_up_what_waits_for_a_stopped_account_and_forgets_old_deliveries(
    office, provider, send, factory, settings
):
    sent = office.queue(office.citizen(), "Enviado")
    send()
    office.set(stopped_reason="190")
    waiting = office.queue(office.citizen(), LONG)
    fresh = office.queue(office.citizen(), "Nuevo")
    office.execute("UPDATE deliveries SET created_at = now() - interval '25 hours' WHERE id = :id", id=waiting)
    office.execute("UPDATE deliveries SET created_at = now() - interval '31 days' WHERE id = :id", id=sent)
    sweeper = Sweeper(factory, settings)
    sweeper.give_up_overdue()
    sweeper.forget()
    assert office.statuses_told(waiting) == ["failed"]
    assert {part.state for part in office.parts(waiting)} == {"failed", "dropped"}
    assert office.delivery(sent) is None
    assert office.delivery(fresh).status == "queued"


def test_a_menu_is_kept_when_it_has_been_sent_and_forgotten_in_the_next_turn(office, provider, send):
    address = office.citizen()
    buttons = [{"title": "Sí", "payload": "/yes"}, {"title": "No", "payload": "/no"}]
    office.queue(address, "¿Viene?", buttons=buttons, in_reply_to="t1", shows_buttons=False)
    assert office.lane(address).menu is None
    send()
    assert office.lane(address).menu == {"turn": "t1", "options": buttons}
    office.queue(address, "Además…", in_reply_to="t1")
    send()
    assert office.lane(address).menu is not None
    office.queue(address, "¿Cuántas personas?", in_reply_to="t2")
    send()
    assert office.lane(address).menu is None


def test_a_file_that_is_gone_fails_and_one_that_cannot_be_had_now_waits(office, provider, send):
    file = {"kind": "image", "media": {"bucket": "b", "key": "k", "content_type": "image/png", "size": 1}}
    gone, later = office.queue(office.citizen(), media=file), office.queue(office.citizen(), media=file)
    answers = [SendFailed(Decision.PERMANENT, "media_NoSuchKey"), SendFailed(Decision.RETRY, "media_unavailable")]
    lock = threading.Lock()

    def load(stored):
        with lock:
            raise answers.pop(0)

    send(load_media=load, settings=SimpleNamespace(senders=1, send_grace_seconds=30.0))
    assert office.delivery(gone).error_code == "media_NoSuchKey"
    assert office.delivery(later).status == "queued"
    assert provider.calls == []


def test_a_message_costs_few_statements_however_many_wait(office, provider, send, factory, settings):
    settings.senders = 1
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    def cost(messages):
        address = office.citizen()
        for number in range(messages):
            office.queue(address, f"Mensaje {number}")
        statements.clear()
        event.listen(factory.kw["bind"], "before_cursor_execute", note)
        send()
        event.remove(factory.kw["bind"], "before_cursor_execute", note)
        return sum("FROM citizens c JOIN" not in statement for statement in statements)

    one, eleven = cost(1), cost(11)
    assert len(provider.taken) == 12
    assert (eleven - one) / 10 <= 14


class Flaky:
    """A session factory whose database goes away for a while."""

    def __init__(self, factory):
        self._factory, self.away = factory, 0

    def begin(self):
        if self.away:
            self.away -= 1
            raise OperationalError("", {}, Exception("away"))
        return self._factory.begin()


def test_what_the_provider_said_is_kept_while_the_database_is_away(office, provider, send, factory):
    flaky = Flaky(factory)
    office.queue(office.citizen(), "Hola")
    provider.script["Hola"] = [lambda message: setattr(flaky, "away", 3)]
    send(factory=flaky, settings=SimpleNamespace(senders=1, send_grace_seconds=30.0))
    assert flaky.away == 0
    assert provider.texts() == ["Hola"]
    assert office.parts()[0].state == "sent"


def test_a_slow_provider_keeps_its_lane_from_other_senders(office, provider, make_pool):
    """The claim is renewed while its sender lives, beyond what it would last."""
    address = office.citizen()
    office.queue(address, "Lento")
    release = threading.Event()
    provider.script["Lento"] = [lambda message: release.wait(60)]
    settings = SimpleNamespace(senders=1, send_grace_seconds=4.0)
    stop = threading.Event()
    pools = [threading.Thread(target=make_pool(settings=settings).run, args=(stop,)) for _ in range(2)]
    for pool in pools:
        pool.start()
    seen, deadline = [], time.monotonic() + 60
    while len(seen) < 5 and time.monotonic() < deadline:  # claimed, then four times moved on: more than its 4 seconds
        due = office.lane(address).due_at
        if office.lane(address).lease_token and due not in seen:
            seen.append(due)
        time.sleep(0.05)
    release.set()
    while office.parts()[0].state != "sent" and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for pool in pools:
        pool.join(30)
    assert seen == sorted(seen)
    assert len(seen) == 5
    assert len(provider.calls) == 1
