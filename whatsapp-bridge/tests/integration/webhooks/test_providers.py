"""Each provider's webhook over HTTP: its own signature, its own shape, the same event."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest

OURS = "+56222340001"


@pytest.fixture(scope="module")
def client(api_settings, sessions, ear):
    """The API, asked from an address."""
    from fastapi.testclient import TestClient
    from munbot_whatsapp.app import create_app

    with TestClient(create_app(api_settings), client=("192.0.2.7", 4711), raise_server_exceptions=False) as opened:
        yield opened


def hexdigest(secret, signed):
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def evolution(account, message_id, text, *, url, secret="s" * 40):
    key = {"remoteJid": "56912345678@s.whatsapp.net", "fromMe": False, "id": message_id}
    data = {"key": key, "pushName": "Ana", "messageType": "conversation", "message": {"conversation": text}}
    body = {
        "event": "messages.upsert",
        "instance": account.provider_ref,
        "data": data | {"messageTimestamp": 1749416383},
    }
    return json.dumps(body).encode(), {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}


def ycloud(account, message_id, text, *, url, secret="s" * 40):
    message = {"id": "6945", "wamid": message_id, "from": "+56912345678", "to": account.provider_ref, "type": "text"}
    message |= {"customerProfile": {"name": "Ana"}, "sendTime": "2026-11-20T12:08:11.000Z", "text": {"body": text}}
    envelope = {"id": "evt_1", "type": "whatsapp.inbound_message.received", "whatsappInboundMessage": message}
    body = json.dumps(envelope).encode()
    return body, {"YCloud-Signature": f"t=1749416383,s={hexdigest(secret, b'1749416383.' + body)}"}


def twilio(account, message_id, text, *, url, secret="s" * 40):
    form = {"MessageSid": message_id, "From": "whatsapp:+56912345678", "To": f"whatsapp:{account.provider_ref}"}
    form |= {"Body": text, "NumMedia": "0", "ProfileName": "Ana", "WaId": "56912345678"}
    signed = (url + "".join(name + form[name] for name in sorted(form))).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha1).digest()).decode()
    return urlencode(form).encode(), {
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded",
    }


CASES = {
    "evolution": (evolution, {"api_key": "k", "webhook_secret": "s" * 40}, "munbot"),
    "ycloud": (ycloud, {"api_key": "k", "webhook_secret": "s" * 40}, OURS),
    "twilio": (twilio, {"account_sid": "AC1", "auth_token": "s" * 40}, OURS),
}


@pytest.fixture(scope="module")
def known_account(client, add_account):
    """Callable that adds an account, which the API knows at once."""

    def add(provider, **fields):
        account = add_account(provider=provider, credentials=CASES[provider][1], **fields)
        client.app.state.book.forget()
        return account

    return add


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request, known_account):
    shape, _, ref = CASES[request.param]
    return known_account(request.param, provider_ref=ref), shape


def address(account, base="https://munbot.valleclaro.cl"):
    return f"{base}/webhooks/whatsapp/{account.provider}/{account.slug}"


def test_a_message_comes_in(client, case, ear):
    account, shape = case
    body, headers = shape(account, f"{account.provider}-in", "Hola", url=address(account))
    path = f"/webhooks/whatsapp/{account.provider}/{account.slug}"
    assert client.post(path, content=body, headers=headers).status_code == 200
    (event,) = ear.wait_for("message.received", provider_message_id=f"{account.provider}-in")
    assert (event.data["account"], event.data["text"]) == (account.slug, "Hola")
    assert event.data["sender"] == {"address": "56912345678", "name": "Ana", "phone": "+56912345678"}


def test_another_secret_is_refused(client, case, ear):
    account, shape = case
    body, headers = shape(account, f"{account.provider}-forged", "Hola", url=address(account), secret="other")
    path = f"/webhooks/whatsapp/{account.provider}/{account.slug}"
    assert client.post(path, content=body, headers=headers).status_code == 401
    assert not ear.events("message.received", provider_message_id=f"{account.provider}-forged")


def test_there_is_no_challenge_but_metas(client, case):
    account, _ = case
    query = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "s" * 40}
    answer = client.get(f"/webhooks/whatsapp/{account.provider}/{account.slug}", params=query)
    assert answer.status_code == 403


def test_twilio_signs_the_address_that_it_was_given(client, known_account):
    tunnel = "https://some-tunnel.example"
    plain = known_account("twilio", provider_ref="+56222340009")
    path = f"/webhooks/whatsapp/twilio/{plain.slug}"
    body, headers = twilio(plain, "SM-tunnel", "Hola", url=f"{tunnel}{path}?a=1")
    assert client.post(f"{path}?a=1", content=body, headers=headers).status_code == 401
    slug = f"{plain.slug}-t"
    tunnelled = known_account("twilio", slug=slug, provider_ref="+56222340008", options={"webhook_url": tunnel + path})
    body, headers = twilio(tunnelled, "SM-tunnel", "Hola", url=f"{tunnel}{path}?a=1")
    assert client.post(f"{path}-t?a=1", content=body, headers=headers).status_code == 200


@pytest.mark.parametrize(("allowed", "status"), [(["192.0.2.0/24"], 200), (["198.51.100.1"], 401)])
def test_evolution_is_heard_from_allowed_addresses_only(client, known_account, allowed, status):
    account = known_account("evolution", provider_ref=f"instance-{status}", options={"allowed_ips": allowed})
    body, headers = evolution(account, f"3EB{status}", "Hola", url="")
    path = f"/webhooks/whatsapp/evolution/{account.slug}"
    assert client.post(path, content=body, headers=headers).status_code == status
