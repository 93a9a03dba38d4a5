import queue
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import engineio
import pytest
import requests
import socketio
from munbot_common.ids import uuid7

PATIENCE = 30  # seconds; whoever waits goes on at once when it comes
STAFF = "/staff"


class InOrder(engineio.Client):
    """The library gives every packet to a thread of its own, and two may change places. Here none does."""

    def _trigger_event(self, event, *args, **options):
        return super()._trigger_event(event, *args, **options | {"run_async": False})


class Socket(socketio.Client):
    def __init__(self):
        http = requests.Session()
        http.trust_env = False
        super().__init__(reconnection=False, http_session=http)

    def _engineio_client_class(self):
        return InOrder


class Dashboard:
    """An open dashboard without a face."""

    def __init__(self, url, token, **options):
        self.heard = {name: queue.Queue() for name in ("event", "presence", "session_over", "disconnect")}
        self.io = Socket()
        for name, heard in self.heard.items():
            self.io.on(name, lambda *data, heard=heard: heard.put(data[0] if data else None), namespace=STAFF)
        options = {"transports": ["websocket"]} | options
        self.io.connect(url, auth={"token": token}, namespaces=[STAFF], wait_timeout=PATIENCE, **options)

    def call(self, name, **data):
        return self.io.call(name, data, namespace=STAFF, timeout=PATIENCE)

    def view(self, conversation):
        assert self.call("view", conversation_id=conversation) == {"ok": True}

    def next(self, name):
        return self.heard[name].get(timeout=PATIENCE)

    def sees(self, conversation, *expected):
        """Wait until exactly these are present: (name, typing)."""
        deadline = time.monotonic() + PATIENCE
        while True:
            told = self.heard["presence"].get(timeout=max(0.01, deadline - time.monotonic()))
            assert told["conversation_id"] == conversation
            if [(agent["name"], agent["typing"]) for agent in told["agents"]] == list(expected):
                return told["agents"]


@pytest.fixture
def token_of(make_token):
    def make(agent, role="agent", tenant="valle-claro", lifetime=timedelta(hours=1)):
        return make_token(role, tenant, subject=agent, lifetime=lifetime)

    return make


@pytest.fixture
def open_dashboard(gateway, hub, token_of):
    opened = []

    def make(name="Ana", *, url=gateway, role="agent", tenant="valle-claro", agent=None, token=None, **options):
        agent = agent or hub.hire(name, role=role, tenant=tenant)
        dashboard = Dashboard(url, token or token_of(agent, role, tenant), **options)
        dashboard.agent = agent
        opened.append(dashboard)
        return dashboard

    yield make
    for dashboard in opened:
        if dashboard.io.transport() == "polling":
            dashboard.io.eio.disconnect(abort=True)
        else:
            dashboard.io.disconnect()


def tell(hub, type_, *, tenant="valle-claro", **data):
    event = {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": "/munbot/test",
        "type": type_,
        "subject": "asunto",
        "time": datetime.now(UTC).isoformat(),
        "tenant": tenant,
        "correlationid": "test-correlation",
        "data": data,
    }
    hub.publish(event)
    return event["id"]


@pytest.mark.parametrize("role", ["viewer", "agent", "admin"])
@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
def test_every_official_hears_what_happens(open_dashboard, hub, role, transports):
    dashboard = open_dashboard(role=role, transports=transports)
    conversation = str(uuid7())
    sent = tell(hub, "munbot.message.stored.v1", conversation_id=conversation, seq=3, sender_type="citizen")
    heard = dashboard.next("event")
    assert (heard["id"], heard["type"], heard["subject"]) == (sent, "munbot.message.stored.v1", "asunto")
    assert heard["data"] == {"conversation_id": conversation, "seq": 3, "sender_type": "citizen"}
    assert datetime.fromisoformat(heard["time"]).tzinfo


@pytest.mark.parametrize(
    "type_",
    [
        "munbot.conversation.handoff_requested.v1",
        "munbot.message.status.v1",
        "munbot.appointment.rescheduled.v1",
        "munbot.complaint.status_changed.v1",
    ],
)
def test_every_area_is_heard_at_every_gateway(open_dashboard, second_gateway, hub, type_):
    both = [open_dashboard(), open_dashboard(url=second_gateway)]
    sent = tell(hub, type_, status="x")
    assert [dashboard.next("event")["id"] for dashboard in both] == [sent, sent]


def test_personal_data_and_secret_links_stay_behind(open_dashboard, hub):
    dashboard = open_dashboard(role="viewer")
    tell(
        hub,
        "munbot.appointment.booked.v1",
        appointment_id="a-1",
        status="booked",
        start="2026-11-24T10:15:00-03:00",
        citizen={"rut": "15482903-2", "name": "Marcela Soto"},
        manage_url="https://munbot.example/hora/secreto",
        reason="me enfermé",
    )
    data = dashboard.next("event")["data"]
    assert data == {"appointment_id": "a-1", "status": "booked", "start": "2026-11-24T10:15:00-03:00"}


def test_another_tenant_hears_nothing(open_dashboard, hub):
    here, there = open_dashboard(), open_dashboard(tenant="punta-brava")
    tell(hub, "munbot.complaint.created.v1", folio="REC-2026-000123-K")
    assert here.next("event")["data"]["folio"] == "REC-2026-000123-K"
    last = tell(hub, "munbot.complaint.created.v1", tenant="punta-brava", folio="otro")
    assert there.next("event")["id"] == last
    assert there.heard["event"].empty()


def test_the_same_conversation_of_another_tenant_is_another_place(open_dashboard):
    conversation = str(uuid7())
    here, there = open_dashboard("Ana"), open_dashboard("Eva", tenant="punta-brava")
    here.view(conversation)
    here.sees(conversation, ("Ana", False))
    there.view(conversation)
    there.sees(conversation, ("Eva", False))
    assert here.heard["presence"].empty()


@pytest.mark.parametrize("role", ["visitor", "service"])
def test_other_tokens_do_not_open_it(gateway, make_token, role):
    token = make_token(role, conversation_id=uuid7() if role == "visitor" else None)
    with pytest.raises(socketio.exceptions.ConnectionError):
        Dashboard(gateway, token)


@pytest.mark.parametrize("token", ["falso", "", None, 5])
def test_no_token_no_dashboard(gateway, token):
    with pytest.raises(socketio.exceptions.ConnectionError):
        Dashboard(gateway, token)


def test_who_was_switched_off_stays_outside(gateway, hub, open_dashboard, token_of):
    agent = hub.hire("Ex", role="agent")
    hub.agents[agent]["active"] = False
    with pytest.raises(socketio.exceptions.ConnectionError):
        open_dashboard(agent=agent)


def test_officials_see_each_other_over_two_gateways(open_dashboard, second_gateway):
    conversation = str(uuid7())
    ana, beto = open_dashboard("Ana"), open_dashboard("Beto", url=second_gateway)
    ana.view(conversation)
    ana.sees(conversation, ("Ana", False))
    beto.view(conversation)
    beto.sees(conversation, ("Ana", False), ("Beto", False))
    agents = ana.sees(conversation, ("Ana", False), ("Beto", False))
    assert [agent["id"] for agent in agents] == [ana.agent, beto.agent]
    assert beto.call("typing", on=True) == {"ok": True}
    ana.sees(conversation, ("Ana", False), ("Beto", True))
    beto.view(str(uuid7()))
    ana.sees(conversation, ("Ana", False))
    beto.view(conversation)
    ana.sees(conversation, ("Ana", False), ("Beto", False))
    beto.io.disconnect()
    ana.sees(conversation, ("Ana", False))


def test_one_with_two_windows_is_one(open_dashboard):
    conversation = str(uuid7())
    one = open_dashboard("Ana")
    two, other = open_dashboard("Ana", agent=one.agent), open_dashboard("Beto")
    for dashboard in (one, two, other):
        dashboard.view(conversation)
    other.sees(conversation, ("Ana", False), ("Beto", False))
    two.call("typing", on=True)
    other.sees(conversation, ("Ana", True), ("Beto", False))
    two.io.disconnect()
    other.sees(conversation, ("Ana", False), ("Beto", False))


def test_who_only_reads_does_not_write(open_dashboard):
    conversation = str(uuid7())
    reader, agent = open_dashboard("Rita", role="viewer"), open_dashboard("Ana")
    for dashboard in (reader, agent):
        dashboard.view(conversation)
    agent.sees(conversation, ("Ana", False), ("Rita", False))
    reader.call("typing", on=True)
    agent.call("typing", on=True)
    told = reader.sees(conversation, ("Ana", True), ("Rita", False))
    assert [one["typing"] for one in told] == [True, False]


def test_nothing_open_is_nobody_present(open_dashboard):
    conversation = str(uuid7())
    ana, beto = open_dashboard("Ana"), open_dashboard("Beto")
    ana.view(conversation)
    beto.view(conversation)
    ana.sees(conversation, ("Ana", False), ("Beto", False))
    beto.view(None)
    ana.sees(conversation, ("Ana", False))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("view", {"conversation_id": "x"}),
        ("view", {}),
        ("view", None),
        ("view", "hola"),
        ("typing", {}),
        ("typing", {"on": "quizás"}),
        ("renew", {}),
        ("renew", {"token": "falso"}),
    ],
)
def test_bad_input_gets_a_reason(open_dashboard, name, data):
    ack = open_dashboard().io.call(name, data, namespace=STAFF, timeout=PATIENCE)
    assert ack["ok"] is False
    assert ack["error"]["code"] in {"invalid", "token_invalid"}
    assert ack["error"]["detail"]


def test_a_session_ends_with_its_token_unless_it_is_renewed(open_dashboard, hub, token_of):
    short = timedelta(seconds=5)  # and the verifier's leeway: time enough to connect on a busy machine
    renewing, other = hub.hire("Ana"), hub.hire("Beto")
    kept = open_dashboard(agent=renewing, token=token_of(renewing, lifetime=short))
    assert kept.call("renew", token=token_of(renewing)) == {"ok": True}
    ended = open_dashboard(agent=other, token=token_of(other, lifetime=short))
    assert ended.next("session_over") == {"code": "token_expired"}
    ended.next("disconnect")
    assert kept.call("typing", on=False) == {"ok": True}
    assert kept.heard["session_over"].empty()


def test_nobody_renews_with_another_ones_token(open_dashboard, hub, token_of):
    dashboard = open_dashboard()
    ack = dashboard.call("renew", token=token_of(hub.hire("Otra")))
    assert ack["error"]["code"] == "staff_only"
    assert dashboard.call("renew", token=token_of(dashboard.agent, tenant="punta-brava"))["ok"] is False


def test_the_citizens_door_is_another_one(gateway, open_dashboard, token_of):
    dashboard = open_dashboard()
    with pytest.raises(socketio.exceptions.ConnectionError):
        Socket().connect(gateway, auth={"token": token_of(str(uuid4()))}, namespaces=["/"], wait_timeout=PATIENCE)
    assert dashboard.call("typing", on=False) == {"ok": True}
