"""/v1/accounts: who may do what, and that credentials never come out."""

import pytest
from munbot_whatsapp.accounts.models import AccountRow
from sqlalchemy import select

SECRETS = {"access_token": "EAAverysecret", "app_secret": "topsecret", "verify_token": "wordofours"}


@pytest.fixture
def wish():
    def make(slug, **changes):
        given = {
            "slug": slug,
            "name": "Línea 1",
            "provider": "meta",
            "provider_ref": f"ref-{slug}",
            "credentials": SECRETS,
        }
        return given | changes

    return make


@pytest.fixture
def made(client, bearer, wish):
    """Callable that adds an account over the API and returns it."""

    def make(slug, *, tenant="valle-claro", **changes):
        answer = client.post("/v1/accounts", json=wish(slug, **changes), headers=bearer(tenant=tenant))
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def test_an_added_account_is_shown_without_its_secrets(client, bearer, made):
    account = made("linea-1")
    assert account["base_url"] == "https://graph.facebook.com"
    assert account["webhook_url"] == "https://munbot.valleclaro.cl/webhooks/whatsapp/meta/linea-1"
    assert account["credentials"] == ["access_token", "app_secret", "verify_token"]
    assert (account["state"], account["version"], account["active"]) == ("working", 1, True)
    one = client.get("/v1/accounts/linea-1", headers=bearer("viewer"))
    everything = client.get("/v1/accounts", headers=bearer("service"))
    assert one.json() == account
    assert account in everything.json()["items"]
    for text in (one.text, everything.text):
        assert not any(secret in text for secret in SECRETS.values())


def test_its_credentials_are_encrypted_where_they_lie(made, sessions, vault):
    made("cifrada")
    with sessions.begin() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.slug == "cifrada")).one()
    assert not any(secret.encode() in row.credentials for secret in SECRETS.values())
    assert vault.open(row.credentials) == SECRETS


def test_a_new_account_takes_webhooks_at_once(client, made, post, meta, ear):
    from types import SimpleNamespace

    account = SimpleNamespace(**made("enseguida"))
    message = meta.text()
    body = meta.body(account, [message])
    answer = post(account, body, signature=meta.signature(body, "topsecret"))
    assert answer.status_code == 200
    ear.wait_for("message.received", provider_message_id=message["id"])


@pytest.mark.parametrize("role", ["agent", "viewer", "service"])
def test_only_administrators_change_accounts(client, bearer, made, wish, role):
    made(f"de-{role}")
    headers = bearer(role)
    answers = [
        client.post("/v1/accounts", json=wish("otra"), headers=headers),
        client.patch(f"/v1/accounts/de-{role}", json={"name": "x"}, headers=headers),
        client.delete(f"/v1/accounts/de-{role}", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_without_a_token_nothing_is_shown(client):
    assert client.get("/v1/accounts").status_code == 401


def test_another_tenants_account_does_not_exist(client, bearer, made):
    made("ajena")
    headers = bearer(tenant="punta-brava")
    answers = [
        client.get("/v1/accounts/ajena", headers=headers),
        client.get("/v1/accounts/ajena/health", headers=headers),
        client.patch("/v1/accounts/ajena", json={"name": "mía"}, headers=headers),
        client.delete("/v1/accounts/ajena", headers=headers),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "account_unknown")}
    assert "ajena" not in client.get("/v1/accounts", headers=headers).text


@pytest.mark.parametrize(
    ("changes", "code"), [({"provider_ref": "otra-ref"}, "account_taken"), ({"slug": "otra-mas"}, "provider_ref_taken")]
)
def test_names_and_numbers_are_taken_once(client, bearer, wish, made, changes, code):
    slug = f"unica-{code[:7].replace('_', '-')}"
    made(slug)
    answer = client.post("/v1/accounts", json=wish(slug) | changes, headers=bearer(tenant="punta-brava"))
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"credentials": {"access_token": "x"}}, "credentials_invalid"),
        ({"credentials": SECRETS | {"more": "x"}}, "credentials_invalid"),
        ({"base_url": "http://postgres:5432"}, "host_refused"),
        ({"base_url": "https://user:pass@127.0.0.1"}, "value_error"),
        ({"options": {"allowed_ips": ["x"]}}, "options_invalid"),
        ({"options": {"x": "y" * 5000}}, "value_error"),
        ({"slug": "Con Mayúsculas"}, None),
        ({"provider": "telegram"}, None),
        ({"credentials": dict.fromkeys("abcdefghijkl", "x")}, None),
        ({"name": "  "}, None),
    ],
)
def test_what_cannot_be_an_account_is_refused(client, bearer, wish, changes, code):
    answer = client.post("/v1/accounts", json=wish("imposible") | changes, headers=bearer())
    assert answer.status_code == 422, answer.text
    if code:
        codes = {answer.json()["code"], *(error["code"] for error in answer.json().get("errors") or [])}
        assert code in codes
    assert not any(secret in answer.text for secret in SECRETS.values())


def test_the_same_key_adds_once_and_keeps_no_secret(client, bearer, wish, sessions):
    from munbot_whatsapp.base import IDEMPOTENCY_KEYS

    headers = bearer() | {"Idempotency-Key": "clave-1"}
    first, second = (client.post("/v1/accounts", json=wish("una-vez"), headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = wish("una-vez", credentials=SECRETS | {"app_secret": "other"})
    assert client.post("/v1/accounts", json=other, headers=headers).json()["code"] == "idempotency_key_reused"
    with sessions.begin() as session:
        kept = str(session.execute(select(IDEMPOTENCY_KEYS)).all())
    assert not any(secret in kept for secret in SECRETS.values())


def test_a_change_of_one_credential_keeps_the_others(client, bearer, made, sessions, vault):
    made("cambia")
    answer = client.patch("/v1/accounts/cambia", json={"credentials": {"access_token": "EAAnew"}}, headers=bearer())
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    with sessions.begin() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.slug == "cambia")).one()
    assert vault.open(row.credentials) == SECRETS | {"access_token": "EAAnew"}


def test_a_saved_account_is_tried_again(client, bearer, made, sessions):
    made("parada")
    with sessions.begin() as session:
        session.scalars(select(AccountRow).where(AccountRow.slug == "parada")).one().stopped_reason = "190"
    assert client.get("/v1/accounts/parada", headers=bearer()).json()["state"] == "stopped"
    saved = client.patch("/v1/accounts/parada", json={"credentials": {"access_token": "EAAnew"}}, headers=bearer())
    assert (saved.json()["state"], saved.json()["stopped_reason"]) == ("working", None)


def test_a_stale_change_is_refused(client, bearer, made):
    made("con-version")
    stale = bearer() | {"If-Match": '"7"'}
    assert client.patch("/v1/accounts/con-version", json={"name": "x"}, headers=stale).status_code == 412
    fresh = bearer() | {"If-Match": '"1"'}
    assert client.patch("/v1/accounts/con-version", json={"name": "x"}, headers=fresh).json()["name"] == "x"


@pytest.mark.parametrize("change", [{"base_url": "http://169.254.169.254"}, {"options": {"cloud": 3}}])
def test_a_change_is_checked_too(client, bearer, made, change):
    slug = f"revisa-{next(iter(change)).replace('_', '-')}"
    made(slug)
    assert client.patch(f"/v1/accounts/{slug}", json=change, headers=bearer()).status_code == 422


def test_an_unused_account_is_removed(client, bearer, made):
    made("de-paso")
    assert client.delete("/v1/accounts/de-paso", headers=bearer()).status_code == 204
    assert client.get("/v1/accounts/de-paso", headers=bearer()).status_code == 404


def test_an_account_that_has_sent_stays(client, bearer, made, sessions):
    from munbot_common.ids import uuid7
    from munbot_whatsapp.citizens.models import Citizen
    from munbot_whatsapp.deliveries.models import Delivery

    account = made("usada")
    with sessions.begin() as session:
        place = {"account_id": account["id"], "address": "569"}
        session.add(Citizen(**place, tenant_id="valle-claro"))
        session.flush()
        session.add(Delivery(id=uuid7(), **place, tenant_id="valle-claro", origin="office", content={}))
    answer = client.delete("/v1/accounts/usada", headers=bearer())
    assert (answer.status_code, answer.json()["code"]) == (409, "account_in_use")
    assert client.get("/v1/accounts/usada", headers=bearer()).status_code == 200


def test_health_is_what_the_provider_says(client, bearer, made, server):
    made("sana", base_url=server.url)
    server.answers.clear()
    refused = client.get("/v1/accounts/sana/health", headers=bearer("viewer")).json()
    assert (refused["probe"]["ok"], refused["state"], refused["waiting"]) == (False, "working", 0)
    asked = server.asked[-1]
    server.answers["GET", asked.path.partition("?")[0]] = lambda _: (200, "application/json", b'{"id": "1"}')
    assert client.get("/v1/accounts/sana/health", headers=bearer("viewer")).json()["probe"] == {
        "ok": True,
        "code": None,
    }
    assert asked.headers["authorization"] == "Bearer EAAverysecret"


def test_an_account_that_is_off_is_not_asked(client, bearer, made, server):
    made("apagada", base_url=server.url)
    client.patch("/v1/accounts/apagada", json={"active": False}, headers=bearer())
    health = client.get("/v1/accounts/apagada/health", headers=bearer()).json()
    assert (health["state"], health["probe"]) == ("off", None)
    assert server.asked == []


def test_credentials_that_another_key_sealed_have_to_be_given_anew(client, bearer, made, sessions):
    from cryptography.fernet import Fernet
    from munbot_whatsapp.accounts.vault import Vault

    made("otra-clave")
    with sessions.begin() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.slug == "otra-clave")).one()
        row.credentials = Vault(Fernet.generate_key().decode()).seal(SECRETS)
    assert client.get("/v1/accounts/otra-clave", headers=bearer()).json()["credentials"] == []
    health = client.get("/v1/accounts/otra-clave/health", headers=bearer()).json()
    assert health["probe"] == {"ok": False, "code": "credentials_unreadable"}
    some = {"credentials": {"access_token": "EAAnew"}}
    assert client.patch("/v1/accounts/otra-clave", json=some, headers=bearer()).json()["code"] == "credentials_invalid"
    saved = client.patch("/v1/accounts/otra-clave", json={"credentials": SECRETS}, headers=bearer())
    assert saved.json()["credentials"] == sorted(SECRETS)


def test_the_address_of_a_tunnel_is_shown_as_the_webhooks(client, bearer, made):
    tunnel = "https://tunnel.example/webhooks/whatsapp/meta/por-tunel"
    assert made("por-tunel", options={"webhook_url": tunnel})["webhook_url"] == tunnel
