from datetime import UTC, datetime, time

import pytest
from munbot_notifications.officials.digest import Digests, stretches
from munbot_notifications.vault import digest_of

CREATED, OVERDUE = "munbot.complaint.created.v1", "munbot.complaint.overdue.v1"
ASEO = "Dirección de Aseo y Ornato"


@pytest.fixture
def official(service):
    def add(address, topics, unit="", tenant="valle-claro", since="2026-11-01T00:00:00Z"):
        service.execute(
            "INSERT INTO officials (id, tenant_id, name, unit, channel, address, address_hash, topics, created_at) "
            "VALUES (gen_random_uuid(), :tenant, 'x', :unit, 'email', :sealed, :hash, :topics, :since)",
            tenant=tenant,
            unit=unit,
            sealed=service.vault.seal(address),
            hash=digest_of(address),
            topics=topics,
            since=since,
        )

    return add


@pytest.fixture
def digests(service):
    return Digests(service.factory, service.settings, directory=service.directory, clock=service.clock)


def recipients(mails):
    return sorted(mail["To"] for mail in mails.mails)


def test_a_complaint_is_told_to_its_unit_and_to_nobody_else(service, mails, official):
    official("aseo@muni.example", ["complaint_created"], ASEO)
    official("transito@muni.example", ["complaint_created"], "Dirección de Tránsito")
    official("alcalde@muni.example", ["complaint_created"])
    official("atrasos@muni.example", ["complaint_overdue"])
    official("ajeno@muni.example", ["complaint_created"], tenant="punta-brava")
    service.hear(CREATED, citizen={"phone": None})
    service.send_all()
    assert recipients(mails) == ["alcalde@muni.example", "aseo@muni.example"]
    assert "List-Unsubscribe" not in mails.mails[0]
    assert "Marcela" not in mails.mails[0].as_string()


def test_officials_are_told_at_night_too(service, mails, official, clock):
    clock.forward(hours=10)
    official("aseo@muni.example", ["complaint_overdue"], ASEO)
    service.hear(OVERDUE)
    service.send_all()
    assert recipients(mails) == ["aseo@muni.example"]


def test_the_digest_comes_once_a_day_in_the_morning(service, mails, official, digests, clock):
    official("aseo@muni.example", ["digest"], ASEO)
    official("admin@muni.example", ["digest"])
    for _ in range(3):
        service.hear(CREATED, citizen={"phone": None})
    service.hear(CREATED, unit="Dirección de Tránsito", citizen={"phone": None})
    assert digests.run_once() == 0  # noon: its hour comes tomorrow
    clock.now = datetime(2026, 11, 24, 10, 59, tzinfo=UTC)
    assert digests.run_once() == 0
    clock.forward(minutes=1)  # 08:00 in Santiago
    assert digests.run_once() == 2
    assert digests.run_once() == 0
    service.send_all()
    assert recipients(mails) == ["admin@muni.example", "aseo@muni.example"]
    by_address = {mail["To"]: mail for mail in mails.mails}
    assert by_address["aseo@muni.example"]["Subject"] == "Resumen del martes 24 de noviembre: 3 novedades"
    text = by_address["admin@muni.example"].get_body(("plain",)).get_content()
    assert "Reclamos nuevos: 4" in text
    clock.forward(hours=24)
    assert digests.run_once() == 0  # nothing happened since


def test_a_digest_that_fell_into_an_outage_is_made_up_for(service, official, digests, clock):
    official("admin@muni.example", ["digest"])
    service.hear(CREATED, citizen={"phone": None})
    clock.forward(hours=44)  # the worker was away over one digest and the night after it
    assert digests.run_once() == 1


def test_who_is_new_gets_no_digest_of_the_days_before(service, official, digests, clock):
    service.hear(CREATED, citizen={"phone": None})
    clock.forward(hours=26)
    official("nuevo@muni.example", ["digest"], since=clock.now)
    assert digests.run_once() == 0


def test_each_office_has_its_own_morning():
    now = datetime(2026, 6, 24, 11, 30, tzinfo=UTC)  # 07:30 in Santiago, 08:30 in Punta Arenas
    santiago = stretches(now, "America/Santiago", time(8))
    punta_arenas = stretches(now, "America/Punta_Arenas", time(8))
    assert [one.day.day for one in santiago] == [23]
    assert [one.day.day for one in punta_arenas] == [23, 24]
