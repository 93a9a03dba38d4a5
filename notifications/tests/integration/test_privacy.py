"""What was told to a person is forgotten with them."""

from munbot_common.traces import mark_of

RUT = "15482903-2"
HINTS = ("15482903", "Quilodrán", "87654321", "marcela@correo.cl")
CITIZEN = {"rut": RUT, "name": "Marcela Quilodrán", "phone": "+56987654321", "email": "marcela@correo.cl"}
OTHER = {"rut": "12345678-5", "name": "Pedro Rojas", "phone": "+56987654321", "email": "pedro@correo.cl"}
BOOKED = "munbot.appointment.booked.v1"


def named(service):
    names = service.rows("SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'public'")
    found = set()
    for name in [row["n"] for row in names]:
        for row in service.rows(f'SELECT t::text AS content FROM "{name}" t'):
            found.update((name, hint) for hint in HINTS if hint in row["content"])
    return found


def test_nothing_of_a_person_is_left_and_all_of_the_other(service, api):
    appointment = "019358f1-0000-7000-8000-00000000aaaa"
    service.hear(BOOKED, citizen=CITIZEN, appointment_id=appointment)
    service.hear(BOOKED, citizen=OTHER, appointment_id="019358f1-0000-7000-8000-00000000bbbb")
    service.send_all()
    service.hear("munbot.appointment.cancelled.v1", citizen=CITIZEN, appointment_id=appointment)  # waits to be sent
    api.put("/v1/preferences", {"contact": {"rut": RUT}, "channels": ["email"]})
    service.execute(
        "INSERT INTO opt_outs (id, tenant_id, channel, address, reason)"
        " VALUES (gen_random_uuid(), 'valle-claro', 'email', 'marcela@correo.cl', 'opted_out')"
    )
    service.execute(
        "INSERT INTO webhook_messages (id, tenant_id, event_type, body, created_at) VALUES"
        f" (gen_random_uuid(), 'valle-claro', '{BOOKED}', jsonb_build_object('citizen', '{RUT}'), now())"
    )
    found = api.post("/v1/privacy/find", {"rut": RUT}).json()
    assert found["known"]["emails"] == ["marcela@correo.cl"]
    stores = {one["store"] for one in (*found["holdings"], *found["mentions"])}
    assert stores >= {"notifications.notifications", "notifications.attempts", "notifications.webhook_messages"}
    person = {**found["known"], "phones": ["+56987654321"], "names": ["Marcela Quilodrán"]}
    person["appointments"] = [appointment]
    assert api.post("/v1/privacy/export", person).json()["records"]["notifications.notifications"]
    assert api.post("/v1/privacy/erase", person, tenant="punta-brava").json()["erased"] == []
    assert api.post("/v1/privacy/erase", person).json()["erased"]
    assert {hint for _, hint in named(service)} <= {"87654321"}  # of the other one, whose telephone is the same
    (kept,) = service.rows()
    assert kept["route"] == [{"channel": "email", "address": "pedro@correo.cl"}]
    again = api.post("/v1/privacy/erase", person).json()
    assert (again["erased"], again["cleaned"]) == ([], [])
    left = api.post("/v1/privacy/find", person).json()
    assert (left["holdings"], left["mentions"]) == ([], [])
    service.send_all()
    assert len(service.mails.mails) == 2


def test_known_again_and_who_may_ask(service, api):
    service.hear(BOOKED, citizen=CITIZEN)
    marks = {"key": "k" * 32, "marks": [mark_of("k" * 32, "valle-claro", RUT)]}
    assert api.post("/v1/privacy/match", marks).json() == {"ruts": [RUT]}
    assert api.post("/v1/privacy/find", {"rut": RUT}, role="agent").status_code == 403
    wish = {"person": {"rut": RUT}, "name": "Otra Persona"}
    assert api.post("/v1/privacy/rectify", wish).json()["changed"] == []


def test_what_happens_to_an_erased_person_s_case_is_told_to_nobody(service):
    nobody = {"rut": "", "name": None, "phone": None, "email": None}
    service.hear("munbot.complaint.status_changed.v1", citizen=nobody)
    assert {row["recipient_key"]: row["state"] for row in service.rows() if row["audience"] == "citizen"} == {
        "nobody": "suppressed"
    }
