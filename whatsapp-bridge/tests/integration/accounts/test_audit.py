"""What the hub's audit log is told of accounts: neither secrets nor numbers."""

import pytest
from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.base import OUTBOX
from sqlalchemy import select

SECRETS = {"access_token": "EAAverysecret", "app_secret": "topsecret", "verify_token": "wordofours"}
HIDDEN = ("verysecret", "topsecret", "wordofours", "EAAnew", "56222340001", "Línea", "graph.facebook.com")
WORKING = {"provider": "meta", "state": "working"}


@pytest.fixture
def wish():
    def make(slug, **changes):
        given = {"slug": slug, "name": "Línea 1", "provider": "meta", "provider_ref": f"56222340001-{slug}"}
        return given | {"credentials": SECRETS} | changes

    return make


@pytest.fixture
def made(client, bearer, wish):
    """Callable that adds an account over the API."""

    def make(slug, **changes):
        answer = client.post("/v1/accounts", json=wish(slug, **changes), headers=bearer())
        assert answer.status_code == 201, answer.text

    return make


@pytest.fixture
def change(client, bearer):
    """Callable that changes an account over the API."""

    def make(slug, status=200, **changes):
        answer = client.patch(f"/v1/accounts/{slug}", json=changes, headers=bearer())
        assert answer.status_code == status, answer.text

    return make


@pytest.fixture
def noted(sessions):
    """Callable: what was noted of an account so far, in order, as (what, before, after)."""

    def read(slug):
        with sessions.begin() as session:
            bodies = session.scalars(select(OUTBOX.c.body).order_by(OUTBOX.c.seq)).all()
        found = [body for body in bodies if body["type"] == AUDIT_NOTED and body["subject"] == slug]
        told = []
        for body in found:
            assert not [word for word in HIDDEN if word in str(body)]
            assert (body["source"], body["tenant"]) == ("/munbot/whatsapp", "valle-claro")
            entry = AuditNoted.model_validate(body["data"])
            assert (entry.object_type, entry.object_id) == ("channel_account", slug)
            assert (entry.actor, entry.actor_role) == ("admin:test", "admin")
            told.append((entry.action.removeprefix("channel_account."), entry.before, entry.after))
        return told

    return read


def test_from_its_beginning_to_its_end(client, bearer, made, change, noted):
    slug = "anotada"
    made(slug)
    change(slug, name="Línea 2", credentials={"access_token": "EAAnew"}, options={"cloud": True})
    change(slug, active=False)
    change(slug, active=True, base_url="http://127.0.0.1:9")
    assert client.delete(f"/v1/accounts/{slug}", headers=bearer()).status_code == 204
    meta, off = {"provider": "meta"}, {"provider": "meta", "state": "off"}
    assert noted(slug) == [
        ("created", None, WORKING),
        ("changed", meta, {**meta, "fields": ["credentials", "name", "options"]}),
        ("changed", WORKING, off),
        ("changed", off, {**WORKING, "fields": ["base_url"]}),
        ("removed", WORKING, None),
    ]


def test_what_changes_nothing_is_not_noted(client, bearer, wish, made, change, noted):
    slug = "igual"
    made(slug)
    change(slug)
    same = {name: value for name, value in wish(slug).items() if name in {"name", "credentials"}}
    change(slug, **same, active=True, options={}, base_url="https://graph.facebook.com")
    client.get(f"/v1/accounts/{slug}", headers=bearer())
    assert noted(slug) == [("created", None, WORKING)]


def test_one_that_was_stopped_is_tried_again(made, change, noted, sessions):
    slug = "de-nuevo"
    made(slug)
    with sessions.begin() as session:
        session.scalars(select(AccountRow).where(AccountRow.slug == slug)).one().stopped_reason = "190"
    change(slug)
    assert noted(slug)[1:] == [("changed", {**WORKING, "state": "stopped"}, WORKING)]


def test_what_is_refused_is_not_noted(client, bearer, wish, made, change, noted):
    slug = "negada"
    made(slug)
    change(slug, 422, name="Línea 3", base_url="http://169.254.169.254")
    change(slug, 422, options={"cloud": 3})
    change(slug, 422, credentials={"other": "x"})
    stale = bearer() | {"If-Match": '"7"'}
    answers = [
        client.patch(f"/v1/accounts/{slug}", json={"name": "x"}, headers=stale),
        client.patch(f"/v1/accounts/{slug}", json={"name": "x"}, headers=bearer(tenant="punta-brava")),
        client.delete(f"/v1/accounts/{slug}", headers=bearer("agent")),
        client.post("/v1/accounts", json=wish(slug, provider_ref="otra"), headers=bearer()),
        client.post("/v1/accounts", json=wish("negada-2", base_url="http://postgres"), headers=bearer()),
    ]
    assert [answer.status_code for answer in answers] == [412, 404, 403, 409, 422]
    assert noted(slug) == [("created", None, WORKING)]
    assert noted("negada-2") == []


def test_one_that_has_sent_stays_and_nothing_is_noted(client, bearer, made, noted, sessions):
    from munbot_common.ids import uuid7
    from munbot_whatsapp.citizens.models import Citizen
    from munbot_whatsapp.deliveries.models import Delivery

    slug = "usada-ya"
    made(slug)
    with sessions.begin() as session:
        account = session.scalars(select(AccountRow).where(AccountRow.slug == slug)).one()
        place = {"account_id": account.id, "address": "569"}
        session.add(Citizen(**place, tenant_id="valle-claro"))
        session.flush()
        session.add(Delivery(id=uuid7(), **place, tenant_id="valle-claro", origin="office", content={}))
    assert client.delete(f"/v1/accounts/{slug}", headers=bearer()).status_code == 409
    assert [what for what, _, _ in noted(slug)] == ["created"]


def test_the_same_key_notes_once(client, bearer, wish, noted):
    headers = bearer() | {"Idempotency-Key": "clave-anotada"}
    answers = [client.post("/v1/accounts", json=wish("una-sola"), headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [what for what, _, _ in noted("una-sola")] == ["created"]
