"""From an event to a receiver: once, signed, again after failures, and never without end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from munbot_notifications.webhooks import queue
from munbot_notifications.webhooks.guard import Guard
from munbot_notifications.webhooks.transport import Transport
from standardwebhooks import Webhook

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def states(api):
    return [row["state"] for row in api.rows("SELECT state FROM webhook_deliveries ORDER BY id")]


def log_of(api, made):
    items = api.get(f"/{made['id']}/deliveries").json()["items"]
    return [api.get(f"/{made['id']}/deliveries/{item['id']}").json() for item in items]


def test_an_event_reaches_its_receiver_signed(api, webhook, receiver, event):
    api.clock.now = datetime.now(UTC)  # the verifier looks at the real time
    made, happened = webhook(), event()
    api.hear(happened)
    api.work()
    ((path, headers, body),) = receiver.requests
    assert path == "/avisos"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"localhost:{receiver.port}"
    assert headers["webhook-id"] == str(happened.id)
    said = Webhook(made["secret"]).verify(body, headers)
    assert said["type"] == "munbot.complaint.created.v1"
    assert said["data"]["citizen"]["name"] == "Marcela Soto Ñandú"
    assert said["tenant"] == "valle-claro"
    (entry,) = log_of(api, made)
    assert (entry["state"], entry["attempts"], entry["last_status"], entry["last_error"]) == ("delivered", 1, 204, None)
    assert entry["body"] == said
    assert [(attempt["status"], attempt["error"]) for attempt in entry["log"]] == [(204, None)]


def test_an_event_that_comes_twice_is_sent_once(api, webhook, receiver, event):
    webhook()
    happened = event()
    for _ in range(3):
        api.hear(happened)
        api.work()
    assert len(receiver.requests) == 1


def test_only_who_subscribed_hears(api, webhook, receiver, event):
    webhook()
    webhook(tenant="punta-brava", event_types=["munbot.complaint.overdue.v1"])
    api.hear(event("munbot.complaint.overdue.v1"))
    api.hear(event(tenant="punta-brava"))
    api.work()
    assert receiver.requests == []
    assert api.rows("SELECT * FROM webhook_messages") == []
    api.hear(event("munbot.complaint.overdue.v1", tenant="punta-brava"))
    api.work()
    assert [body["tenant"] for body in receiver.bodies()] == ["punta-brava"]


def test_a_thin_message_has_no_data_and_none_is_kept(api, webhook, receiver, event):
    made = webhook(thin=True)
    api.hear(event())
    api.work()
    assert receiver.bodies()[0]["data"] == {}
    assert receiver.bodies()[0]["subject"] == "019358f2-0000-7000-8000-000000000001"
    assert log_of(api, made)[0]["body"]["data"] == {}
    assert "Marcela" not in str(api.rows("SELECT body FROM webhook_messages"))


def test_a_failure_is_tried_again_later(api, webhook, receiver, event):
    made = webhook()
    receiver.status = 500
    api.hear(event())
    assert api.work() == 1
    assert api.work() == 0  # not at once
    assert states(api) == ["pending"]
    assert api.get(f"/{made['id']}").json()["failing_since"] is not None
    receiver.status = 200
    api.clock.forward(seconds=7)
    api.work()
    assert states(api) == ["delivered"]
    assert [request[1]["webhook-id"] for request in receiver.requests] == [receiver.requests[0][1]["webhook-id"]] * 2
    (entry,) = log_of(api, made)
    assert [(attempt["status"], attempt["error"]) for attempt in entry["log"]] == [(500, "status"), (200, None)]
    shown = api.get(f"/{made['id']}").json()
    assert (shown["failing_since"], shown["pending"], shown["failed"]) == (None, 0, 0)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(api, webhook, receiver, event, status):
    made = webhook()
    receiver.status, receiver.headers = status, {"Location": f"{receiver.url}/secreto"}
    api.hear(event())
    api.work()
    assert [path for path, _, _ in receiver.requests] == ["/avisos"]
    assert log_of(api, made)[0]["last_error"] == "redirect"


def test_a_receiver_that_is_away(api, webhook, receiver, event):
    made = webhook()
    receiver.close()
    api.hear(event())
    api.work()
    assert log_of(api, made)[0]["last_error"] == "unreachable"


def test_one_that_does_not_answer_is_not_waited_for(api, webhook, receiver, event):
    made = webhook()
    receiver.delay.clear()
    api.hear(event())
    api.work(Transport(Guard(["localhost"]), timeout=0.3))
    assert log_of(api, made)[0]["last_error"] == "timeout"


def test_retry_after_is_honoured(api, webhook, receiver, event):
    webhook()
    receiver.status, receiver.headers = 503, {"Retry-After": "900"}
    api.hear(event())
    api.work()
    api.clock.forward(seconds=899)
    assert api.work() == 0
    api.clock.forward(seconds=2)
    assert api.work() == 1


def test_a_name_that_leads_inside_by_now_is_not_called(api, webhook, receiver, event):
    """DNS rebinding: the name was public when the webhook was made, and leads to this machine when it is used."""
    made = webhook(url=f"https://ejemplo.cl:{receiver.port}/avisos")
    api.hear(event())
    api.work(Transport(Guard(resolver=lambda _host, _port: ["127.0.0.1"]), timeout=5))
    assert receiver.requests == []
    assert log_of(api, made)[0]["last_error"] == "address_private"


def test_the_certificate_is_the_names_although_the_address_is_called(api, tls_receiver, webhook, event):
    receiver, trusting = tls_receiver
    made = webhook(url=f"https://localhost:{receiver.port}/avisos")
    api.hear(event())
    api.work(Transport(Guard(["localhost"]), timeout=5))  # with the system's certificates
    assert receiver.requests == []
    assert log_of(api, made)[0]["last_error"] == "tls"
    other = Transport(Guard(["otro.cl"], resolver=lambda _host, _port: ["127.0.0.1"]), timeout=5, tls=trusting)
    assert other.post(f"https://otro.cl:{receiver.port}/", "{}", {}).error == "tls"
    api.clock.forward(seconds=7)
    api.work(Transport(Guard(["localhost"]), timeout=5, tls=trusting))
    assert len(receiver.requests) == 1


def test_after_three_days_it_is_given_up_and_switched_off_and_the_office_is_told(api, webhook, receiver, event):
    made = webhook(description="Gestión documental")
    for tenant in ("valle-claro", "punta-brava"):
        api.execute(
            "INSERT INTO officials (id, tenant_id, name, channel, address, address_hash, topics) VALUES"
            " (gen_random_uuid(), :tenant, 'Admin', 'email', 'sellada', :tenant, ARRAY['system'])",
            tenant=tenant,
        )
    receiver.status = 500
    api.hear(event())
    tries = 0
    while api.rows("SELECT 1 FROM webhooks WHERE disabled_reason IS NULL"):
        tries += api.work()
        api.clock.forward(hours=4)
        api.hear(event())  # life goes on
    assert timedelta(hours=72) < api.clock.now - NOW <= timedelta(hours=80)
    assert len(receiver.requests) == tries > 12
    assert api.disabled == [(api.rows("SELECT id FROM webhooks")[0]["id"], "failing")]
    (notice,) = api.rows("SELECT * FROM notifications")
    assert (notice["purpose"], notice["tenant_id"], notice["state"]) == ("webhook_disabled", "valle-claro", "queued")
    assert notice["data"] == {
        "name": "Gestión documental",
        "days": 3,
        "reason": "el servidor respondió con un error (respuesta 500)",
        "panel_url": "https://municipio.example/panel/ajustes/webhooks",
    }
    shown = api.get(f"/{made['id']}").json()
    assert (shown["enabled"], shown["disabled_reason"], shown["pending"]) == (False, "failing", 0)
    assert set(states(api)) == {"failed"}
    before = len(receiver.requests)
    api.hear(event())
    api.clock.forward(hours=12)
    assert api.work() == 0
    assert len(receiver.requests) == before


def test_one_message_that_is_never_taken_does_not_switch_off_the_others(api, webhook, receiver, event):
    made = webhook()
    receiver.status = lambda body: 400 if "malo" in body else 200
    api.hear(event(text="malo"))
    for _ in range(10):
        api.hear(event(text="bueno"))
        for _ in range(3):
            api.work()
            api.clock.forward(seconds=2)
        api.clock.forward(hours=8)
    assert api.get(f"/{made['id']}").json()["enabled"]
    assert states(api) == ["failed"] + ["delivered"] * 10
    assert len(receiver.requests) <= 10 + 11  # each success brings no further attempt of the other


def test_gone_means_gone(api, webhook, receiver, event):
    made = webhook()
    receiver.status = 410
    api.hear(event())
    api.hear(event())
    api.work()
    assert len(receiver.requests) == 1
    assert api.get(f"/{made['id']}").json()["disabled_reason"] == "gone"
    assert [reason for _, reason in api.disabled] == ["gone"]
    assert states(api) == ["failed", "failed"]


def test_when_it_works_again_everything_that_waits_goes_at_once(api, webhook, receiver, event):
    webhook()
    receiver.status = 500
    for _ in range(5):
        api.hear(event())
    for _ in range(20):
        api.work()
        api.clock.forward(minutes=20)
    receiver.status = 200
    received = len(receiver.requests)
    api.clock.forward(hours=3)
    api.work()
    assert states(api) == ["delivered"] * 5
    assert len(receiver.requests) == received + 5


def test_a_dead_receiver_holds_up_nobody_else(api, webhook, receiver, event):
    dead = webhook(url="http://localhost:1/avisos")
    webhook()
    for _ in range(30):
        api.hear(event())
    api.work()
    assert len(receiver.requests) == 30
    assert api.get(f"/{dead['id']}").json()["pending"] == 30


def test_several_workers_send_each_message_once(api, webhook, receiver, event):
    webhook()
    webhook()
    for number in range(40):
        api.hear(event(number=number))
    ready = threading.Barrier(4)

    def worker():
        ready.wait()
        for _ in range(20):
            api.work()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    api.work()
    assert states(api) == ["delivered"] * 80
    assert len(receiver.requests) == 80
    ids = [request[1]["webhook-id"] for request in receiver.requests]
    assert all(ids.count(message) == 2 for message in set(ids))


def test_what_a_worker_held_when_it_died_is_sent_by_another(api, webhook, receiver, event, monkeypatch):
    """Killed between the answer and the commit: sent again, under the same id."""

    class Killed(BaseException):
        pass

    class Dying(Transport):
        def post(self, *args):
            super().post(*args)
            raise Killed

    webhook()
    api.hear(event())
    monkeypatch.setattr(queue, "release", lambda *_args: None)  # a killed worker lets go of nothing
    with pytest.raises(Killed):
        api.sender(Dying(Guard(["localhost"]), timeout=5)).work_once()
    assert api.work() == 0
    api.clock.forward(seconds=61)
    assert api.work() == 1
    assert len({request[1]["webhook-id"] for request in receiver.requests}) == 1
    assert len(receiver.requests) == 2
    assert states(api) == ["delivered"]


def test_what_is_old_is_forgotten(api, webhook, event):
    webhook()
    api.hear(event())
    api.work()
    for before, left in ((timedelta(0), 1), (timedelta(seconds=1), 0)):
        with api.factory.begin() as session:
            queue.purge(session, api.clock.now + before)
        tables = ("webhook_messages", "webhook_deliveries", "webhook_attempts")
        assert [api.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables] == [left] * 3
