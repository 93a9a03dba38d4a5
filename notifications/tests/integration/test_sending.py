from datetime import timedelta
from uuid import UUID

import pytest
from munbot_notifications.channels.base import ChannelAway, Permanent, Retryable
from munbot_notifications.channels.whatsapp import WhatsAppChannel
from munbot_notifications.preferences import repository as preferences
from munbot_notifications.sending import repository
from munbot_notifications.sending.rules import Contact
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from .conftest import make_event

BOOKED, REMINDER = "munbot.appointment.booked.v1", "munbot.appointment.reminder_due.v1"
CREATED = "munbot.complaint.created.v1"
MAIL = {"email": "marcela@correo.example"}


class FakeChannel:
    recognised = False

    def __init__(self, name, *outcomes):
        self.name, self.outcomes, self.sent = name, list(outcomes), []

    def send(self, message):
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        self.sent.append(message)
        return f"{self.name}-{len(self.sent)}"

    def close(self):
        pass


def test_a_booking_becomes_a_mail_with_its_calendar_file(service, mails):
    service.hear(BOOKED, citizen=MAIL)
    service.send_all()
    (mail,) = mails.mails
    (row,) = service.rows()
    assert mail["Subject"] == "Su hora para Licencia clase B: martes 24 de noviembre a las 10:15 horas"
    assert mail["From"] == "Municipalidad de Valle Claro <avisos@municipio.example>"
    assert mail["To"] == MAIL["email"]
    assert mail["Message-ID"] == f"<{row['id']}@municipio.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://municipio.example/api/notifications/v1/public/unsubscribe?")
    text, html, calendar = (
        mail.get_body(("plain",)).get_content(),
        mail.get_body(("html",)).get_content(),
        next(mail.iter_attachments()),
    )
    assert "Código: H7KQ-3M2X" in text
    assert "H7KQ-3M2X" in html
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content().startswith("BEGIN:VCALENDAR\r\n")
    assert (row["state"], row["attempts"], row["channel"]) == ("sent", 1, "email")


def test_an_event_is_told_once_however_often_it_comes(service, mails):
    event = service.hear(BOOKED, citizen=MAIL)
    service.handler([event])
    service.execute("DELETE FROM inbox")  # as after a month
    service.handler([event])
    service.send_all()
    assert len(mails.mails) == 1
    assert len(service.rows()) == 1


def test_a_batch_is_told_once_each_however_often_it_comes(service, mails):
    events = [make_event(CREATED, citizen={"email": f"{name}@correo.example"}) for name in ("ana", "eva", "ana")]
    service.handler([*events, events[0]])
    service.handler(events[::-1])
    service.send_all()
    assert sorted(mail["To"] for mail in mails.mails) == [
        "ana@correo.example",
        "ana@correo.example",
        "eva@correo.example",
    ]


def test_a_batch_with_a_bad_event_plans_nothing(service):
    bad = make_event(BOOKED).model_copy(update={"data": {}})
    with pytest.raises(ValidationError):
        service.handler([make_event(BOOKED, citizen=MAIL), bad])
    assert service.rows() == service.rows("SELECT * FROM inbox") == []


def test_in_a_batch_each_person_s_wishes_hold_for_that_person_only(service):
    with service.unit_of_work() as session:
        preferences.refuse(session, "valle-claro", "email", MAIL["email"], "opted_out")
        preferences.put(session, "valle-claro", "rut:11111111-1", ["whatsapp"], service.clock())
    no_phone = {"phone": None}
    told = {
        "refused": make_event(CREATED, citizen={**MAIL, **no_phone}),
        "elsewhere": make_event(CREATED, citizen={**MAIL, **no_phone}, tenant="punta-brava"),
        "other": make_event(CREATED, citizen={"email": "eva@correo.example"}),
        "order": make_event(REMINDER, citizen={**MAIL, "rut": "11111111-1"}, tenant="valle-claro"),
    }
    service.handler(list(told.values()))
    found = {str(row["event_id"]): row for row in service.rows() if row["audience"] == "citizen"}
    ways = {name: [place["channel"] for place in found[str(event.id)]["route"]] for name, event in told.items()}
    assert ways == {"refused": [], "elsewhere": ["email"], "other": ["email"], "order": ["whatsapp"]}


def test_a_database_that_is_away_when_mails_are_noted_doubles_none(service, mails, monkeypatch):
    for _ in range(5):
        service.hear(BOOKED, citizen=MAIL)
    sender = service.sender()

    def away(*_args):
        raise OperationalError("settle", {}, ConnectionError())

    with monkeypatch.context() as patch:
        patch.setattr(repository, "settle_sent", away)
        with pytest.raises(OperationalError):
            sender.run_once()
        with pytest.raises(OperationalError):
            sender.run_once()
    assert {row["state"] for row in service.rows()} == {"sending"}
    assert sender.run_once() == 0
    sender.close()
    assert len(mails.mails) == 5
    assert {(row["state"], row["attempts"]) for row in service.rows()} == {("sent", 1)}
    assert len(service.rows("SELECT * FROM outbox")) == 5


def test_what_was_sent_is_told_to_the_house_without_anything_personal(service):
    event = service.hear(BOOKED, citizen=MAIL)
    service.send_all()
    (row,) = service.rows("SELECT routing_key, body FROM outbox")
    assert row["routing_key"] == "notification.sent.v1"
    assert row["body"]["data"]["event_id"] == str(event.id)
    for personal in ("marcela", "Soto", "15482903", "987654321"):
        assert personal not in str(row["body"])


def test_an_hour_without_mail_server_loses_nothing_and_doubles_nothing(service, mails, clock):
    mails.stop()
    for _ in range(25):
        service.hear(BOOKED, citizen=MAIL)
    for _ in range(120):  # an hour, looking twice a minute
        service.send_all()
        clock.forward(seconds=30)
    assert {row["state"] for row in service.rows()} == {"queued"}
    assert {row["attempts"] for row in service.rows()} == {0}
    assert service.rows("SELECT * FROM attempts") == []
    mails.start()
    clock.forward(seconds=31)
    service.send_all()
    assert len(mails.mails) == 25
    assert len({mail["Message-ID"] for mail in mails.mails}) == 25
    assert {row["state"] for row in service.rows()} == {"sent"}


def test_a_temporary_refusal_is_tried_again_later_and_later(service, mails, clock):
    mails.refusals[MAIL["email"]] = "451 4.7.1 Try again later"
    service.hear(BOOKED, citizen=MAIL, start="2026-12-24T10:15:00-03:00", end="2026-12-24T10:45:00-03:00")
    service.send_all()
    first = service.rows()[0]["next_at"] - clock.now
    clock.now = service.rows()[0]["next_at"]
    service.send_all()
    second = service.rows()[0]["next_at"] - clock.now
    assert timedelta(seconds=10) <= first <= timedelta(seconds=12) < second
    mails.refusals.clear()
    clock.now = service.rows()[0]["next_at"]
    service.send_all()
    (row,) = service.rows()
    assert (row["state"], row["attempts"]) == ("sent", 3)
    outcomes = service.rows("SELECT outcome, code FROM attempts ORDER BY id")
    assert [(one["outcome"], one["code"]) for one in outcomes] == [
        ("retry", "smtp_451"),
        ("retry", "smtp_451"),
        ("sent", None),
    ]


def test_what_is_refused_for_days_is_given_up(service, mails, clock):
    mails.refusals[MAIL["email"]] = "451 4.7.1 Try again later"
    service.settings.retry_hours = 3
    service.hear(CREATED, citizen=MAIL)
    for _ in range(100):
        row = service.rows()[0]
        if row["state"] != "queued":
            break
        clock.now = max(row["next_at"], clock.now)
        service.send_all()
    assert (row["state"], row["reason"]) == ("failed", "smtp_451")
    assert timedelta(hours=3) < clock.now - row["due_at"] < timedelta(hours=4)
    assert service.rows("SELECT routing_key FROM outbox")[-1]["routing_key"] == "notification.failed.v1"


def test_an_address_that_bounces_is_given_up_at_once_and_not_written_to_again(service, mails):
    mails.refusals[MAIL["email"]] = "550 5.1.1 No such user"
    service.hear(CREATED, citizen={**MAIL, "phone": None})
    service.send_all()
    (row,) = service.rows()
    assert (row["state"], row["reason"], row["attempts"]) == ("failed", "smtp_550", 1)
    assert [(one["channel"], one["reason"]) for one in service.rows("SELECT * FROM opt_outs")] == [("email", "bounced")]
    service.hear(CREATED, citizen={**MAIL, "phone": None})
    assert service.rows()[-1]["state"] == "suppressed"


def test_a_filter_that_refuses_a_mail_does_not_make_the_address_bad(service, mails):
    mails.refusals[MAIL["email"]] = "550 5.7.1 Message rejected as spam"
    service.hear(CREATED, citizen={**MAIL, "phone": None})
    service.send_all()
    assert service.rows()[0]["state"] == "failed"
    assert service.rows("SELECT * FROM opt_outs") == []


def test_a_channel_that_refuses_for_good_leads_to_the_next(service):
    service.configure(frozenset({"whatsapp", "sms"}))
    whatsapp, sms = FakeChannel("whatsapp", Permanent("no_account")), FakeChannel("sms")
    service.extra = {"whatsapp": whatsapp, "sms": sms}
    service.hear(REMINDER)  # without a mail address
    service.send_all()
    (row,) = service.rows()
    assert (row["state"], row["channel"], row["attempts"]) == ("sent", "sms", 2)
    assert sms.sent[0].address == "+56987654321"
    assert sms.sent[0].filled.short.startswith("Recordatorio: su hora para Licencia clase B")


def test_who_waits_long_for_a_channel_that_is_away_is_reached_by_the_next(service, mails, clock):
    service.extra = {"whatsapp": FakeChannel("whatsapp", *[ChannelAway("bridge_away")] * 100)}
    service.hear(REMINDER, citizen=MAIL)
    service.send_all()
    clock.forward(minutes=29)
    service.send_all()
    assert mails.mails == []
    clock.forward(minutes=2)
    service.send_all()
    assert len(mails.mails) == 1
    assert service.rows()[0]["channel"] == "email"


def test_a_reminder_goes_through_the_bridge_once_for_each_notification(service, neighbours):
    service.extra = {"whatsapp": WhatsAppChannel(neighbours.client("whatsapp"))}
    service.hear(REMINDER)
    service.send_all()
    (request,) = neighbours.of("whatsapp")
    assert request.url.path == "/v1/start"
    assert request.headers["Idempotency-Key"] == f"notification-{service.rows()[0]['id']}"
    assert request.headers["X-Munbot-Tenant"] == "valle-claro"
    body = request.read().decode()
    assert '"flow":"appointment_reminder"' in body
    assert "martes 24 de noviembre a las 10:15 horas" in body


def test_who_refused_on_whatsapp_is_not_written_to_there_again(service, neighbours):
    neighbours.bridge = (409, {"code": "opted_out"})
    service.extra = {"whatsapp": WhatsAppChannel(neighbours.client("whatsapp"))}
    service.hear(REMINDER)
    service.send_all()
    service.hear(REMINDER)
    service.send_all()
    assert len(neighbours.of("whatsapp")) == 1
    assert [row["reason"] for row in service.rows("SELECT * FROM opt_outs")] == ["opted_out"]


def test_a_night_is_quiet_and_the_morning_is_not(service, mails, clock):
    clock.forward(hours=10)  # 22:00 in Santiago
    service.extra = {"whatsapp": FakeChannel("whatsapp")}
    service.hear(REMINDER, start="2026-11-25T10:15:00-03:00", end="2026-11-25T10:45:00-03:00")
    service.hear(BOOKED, citizen=MAIL, start="2026-11-25T10:15:00-03:00", end="2026-11-25T10:45:00-03:00")
    service.send_all()
    assert len(mails.mails) == 1  # the booking's confirmation is an answer
    assert service.extra["whatsapp"].sent == []
    clock.forward(hours=9, minutes=59)
    service.send_all()
    assert service.extra["whatsapp"].sent == []
    clock.forward(minutes=1)
    service.send_all()
    assert len(service.extra["whatsapp"].sent) == 1


def test_a_mail_that_is_asked_for_waits_for_the_morning_unless_it_may_not(service, mails, clock, api):
    clock.forward(hours=10)  # 22:00 in Santiago
    mail = {"to": "oirs@valle-claro.demo", "subject": "Aviso", "text": "Mañana no hay agua."}
    assert api.post("/v1/email", mail, role="agent").status_code == 202
    assert api.post("/v1/email", {**mail, "subject": "Ahora", "immediate": True}, role="agent").status_code == 202
    service.send_all()
    assert [mail["Subject"] for mail in mails.mails] == ["Ahora"]
    clock.forward(hours=10)
    service.send_all()
    assert [mail["Subject"] for mail in mails.mails] == ["Ahora", "Aviso"]


def test_a_reminder_is_of_no_use_after_its_hour(service, mails, clock):
    service.hear(REMINDER, citizen={**MAIL, "phone": None})
    mails.stop()
    service.send_all()
    clock.forward(hours=24)  # past 10:15
    mails.start()
    service.send_all()
    assert mails.mails == []
    assert (service.rows()[0]["state"], service.rows()[0]["reason"]) == ("expired", "too_late")


def test_nobody_to_tell_is_noted_and_nothing_more(service):
    service.hear(BOOKED, citizen={"phone": None, "email": None})
    (row,) = service.rows()
    assert (row["state"], row["reason"], row["route"]) == ("suppressed", "no_address", [])


def test_a_channel_that_the_installation_does_not_have_is_no_failure(service):
    service.hear(BOOKED)  # a telephone only, and no SMS provider
    (row,) = service.rows()
    assert (row["state"], row["reason"]) == ("suppressed", "no_address")
    assert service.rows("SELECT * FROM outbox") == []


def test_a_channel_that_was_taken_away_in_between_is_passed_over(service, mails):
    service.configure(frozenset({"sms", "email"}))
    with service.unit_of_work() as session:
        preferences.put(session, "valle-claro", "rut:15482903-2", ["sms", "email"], service.clock())
    service.hear(BOOKED, citizen=MAIL)
    service.send_all()
    assert len(mails.mails) == 1


def test_the_contact_s_own_order_holds(service, mails):
    service.extra = {"whatsapp": FakeChannel("whatsapp"), "sms": FakeChannel("sms")}
    service.configure(frozenset({"email", "whatsapp", "sms"}))
    contact = Contact.of(rut="15482903-2")
    with service.unit_of_work() as session:
        preferences.put(session, "valle-claro", contact.key, ["email", "sms"], service.clock())
    service.hear(REMINDER, citizen=MAIL)
    service.send_all()
    assert (len(mails.mails), service.extra["whatsapp"].sent) == (1, [])


def test_a_wish_that_comes_while_it_waits_is_kept(service, mails):
    service.hear(BOOKED, citizen={**MAIL, "phone": None})
    with service.unit_of_work() as session:
        preferences.refuse(session, "valle-claro", "email", MAIL["email"], "opted_out")
    service.send_all()
    assert mails.mails == []
    assert service.rows()[0]["state"] == "suppressed"


def test_a_neighbour_away_delays_and_does_not_lose(service, mails, neighbours, clock):
    neighbours.away.add("scheduler")
    service.hear(BOOKED, citizen=MAIL)
    service.send_all()
    assert mails.mails == []
    neighbours.away.clear()
    clock.forward(seconds=16)
    service.send_all()
    assert len(mails.mails) == 1
    assert next(mails.mails[0].iter_attachments()).get_content_type() == "text/calendar"


def test_a_worker_that_dies_after_the_server_s_answer_sends_again_under_the_same_id(service, mails, clock, monkeypatch):
    """At least once: nothing is lost, and the second mail is recognisable by its Message-ID."""
    service.hear(BOOKED, citizen=MAIL)
    dying = service.sender()

    def die(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(dying, "_settle", die)
    with pytest.raises(KeyboardInterrupt):
        dying.run_once()
    dying.close()
    service.send_all()
    assert len(mails.mails) == 1  # the claim holds
    clock.forward(seconds=service.settings.claim_seconds + 1)
    service.send_all()
    assert len(mails.mails) == 2
    assert mails.mails[0]["Message-ID"] == mails.mails[1]["Message-ID"]
    assert service.rows()[0]["state"] == "sent"
    assert [row["outcome"] for row in service.rows("SELECT outcome FROM attempts ORDER BY id")] == [None, "sent"]


def test_a_late_worker_does_not_overwrite_the_new_owner(service, mails, clock):
    service.hear(BOOKED, citizen=MAIL)
    first, second = service.sender(), service.sender()

    def take_over():
        mails.on_data = None
        clock.forward(seconds=service.settings.claim_seconds + 1)
        second.run_once()

    mails.on_data = take_over
    first.run_once()
    first.close()
    second.close()
    (row,) = service.rows()
    assert (row["state"], row["attempts"]) == ("sent", 1)
    assert len(service.rows("SELECT * FROM outbox")) == 1


def test_several_senders_share_the_work_and_double_nothing(service, mails, in_thread):
    for _ in range(60):
        service.hear(BOOKED, citizen=MAIL)
    threads = [in_thread(service.send_all) for _ in range(4)]
    for thread in threads:
        thread.join(60)
    assert len(mails.mails) == 60
    assert len({mail["Message-ID"] for mail in mails.mails}) == 60


def test_an_unexpected_error_costs_an_attempt_and_not_the_worker(service, clock):
    service.extra = {"whatsapp": FakeChannel("whatsapp", RuntimeError("bug"), Retryable("x"))}
    service.hear(REMINDER, start="2026-12-24T10:15:00-03:00", end="2026-12-24T10:45:00-03:00")
    service.send_all()
    assert (service.rows()[0]["state"], service.rows()[0]["reason"]) == ("queued", "unexpected")
    clock.forward(minutes=1)
    service.send_all()
    clock.forward(minutes=1)
    service.send_all()
    assert service.rows()[0]["state"] == "sent"
    assert UUID(str(service.rows()[0]["id"]))
