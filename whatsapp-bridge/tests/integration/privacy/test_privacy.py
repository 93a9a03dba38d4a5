"""What was sent to a person's number is forgotten with them."""

import pytest
from munbot_common.ids import uuid7
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.models import Delivery, Part
from sqlalchemy import text

HINTS = ("15482903", "Quilodrán", "56987654321")
PERSON = {"rut": "15482903-2", "phones": ["+56987654321"], "names": ["Marcela Quilodrán"]}


@pytest.fixture
def lanes(add_account, sessions):
    """A lane of the person and one of somebody else, to whom the person is named."""
    with sessions.begin() as session:
        for table in ("deliveries", "citizens", "outbox", "idempotency_keys", "accounts"):
            session.execute(text(f"DELETE FROM {table}"))
    account = add_account()
    with sessions.begin() as session:
        for address, name, words in (
            ("56987654321", "Marcela Quilodrán", "Su hora, señora Marcela Quilodrán"),
            ("56911112222", "Pedro", "La llamó Marcela Quilodrán, 15.482.903-2"),
        ):
            session.add(Citizen(account_id=account.id, address=address, tenant_id="valle-claro", name=name))
            session.flush()
            delivery = Delivery(
                id=uuid7(),
                tenant_id="valle-claro",
                account_id=account.id,
                address=address,
                origin="office",
                content={"text": words},
            )
            session.add(delivery)
            session.flush()
            part = Part(delivery_id=delivery.id, number=0, account_id=account.id, address=address, body={"text": words})
            session.add(part)
        session.execute(
            text(
                "INSERT INTO idempotency_keys (tenant_id, scope, key, fingerprint, body) VALUES"
                """ ('valle-claro', 'x:start', 'k', 'f', '{"to": "+56987654321"}')"""
            )
        )


def test_a_number_and_what_was_sent_to_it_go_and_names_elsewhere_too(lanes, client, bearer, sessions):
    def ask(what, person=PERSON, role="service", tenant="valle-claro"):
        return client.post(f"/v1/privacy/{what}", json=person, headers=bearer(role, tenant))

    found = ask("find", {"rut": PERSON["rut"], "phones": PERSON["phones"]}).json()
    assert found["known"]["names"] == ["Marcela Quilodrán"]
    assert {one["store"] for one in found["holdings"]} == {"whatsapp.citizens", "whatsapp.deliveries", "whatsapp.parts"}
    assert ask("export").json()["records"]["whatsapp.parts"][0]["body"]["text"].startswith("Su hora")
    assert ask("erase", tenant="punta-brava").json()["erased"] == []
    erased = ask("erase").json()
    assert {one["store"]: one["count"] for one in erased["cleaned"]} == {
        "whatsapp.deliveries": 1,
        "whatsapp.parts": 1,
        "whatsapp.idempotency_keys": 1,
    }
    with sessions() as session:
        for name in ("citizens", "deliveries", "parts", "idempotency_keys", "outbox"):
            for row in session.execute(text(f"SELECT t::text FROM {name} t")).scalars():
                assert not any(hint in row for hint in HINTS), (name, row)
        assert session.scalar(text("SELECT name FROM citizens")) == "Pedro"
    again = ask("erase").json()
    assert (again["erased"], again["cleaned"]) == ([], [])
    assert ask("find", role="agent").status_code == 403
