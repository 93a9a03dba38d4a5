"""Webhooks over HTTP: who may send them, and what is published before they are answered."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def account(add_account):
    return add_account()


def ask(client, account, **query):
    return client.get(f"/webhooks/whatsapp/meta/{account.slug}", params={f"hub.{k}": v for k, v in query.items()})


def test_the_providers_challenge_is_answered_as_plain_text(client, account):
    answer = ask(client, account, mode="subscribe", challenge="1158201444", verify_token="verify-me")
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("query", [{"verify_token": "other"}, {}, {"verify_token": "verify-me", "mode": "unsubscribe"}])
def test_a_challenge_without_our_word_is_refused(client, account, query):
    answer = ask(client, account, **{"mode": "subscribe", "challenge": "1", **query})
    assert (answer.status_code, answer.json()["code"]) == (403, "challenge_refused")


def test_a_message_is_published_before_the_answer(post, account, meta, ear):
    answer = post(account, meta.body(account, [meta.text("Hola", message_id="wamid.first")]))
    assert (answer.status_code, answer.content) == (200, b"")
    (event,) = ear.wait_for("message.received", provider_message_id="wamid.first")
    assert (event.tenant, event.data["account"], event.data["text"]) == ("valle-claro", account.slug, "Hola")
    assert event.data["sender"] == {"address": "56912345678", "name": "Ana", "phone": "+56912345678"}
    assert event.correlationid == answer.headers["x-correlation-id"]


def test_all_of_a_batch_is_published_in_its_order(post, account, meta, ear):
    photo = meta.text(
        message_id="wamid.b1", type="image", image={"id": "77", "mime_type": "image/jpeg", "caption": "bache"}
    )
    status = {"id": "wamid.b2", "status": "read", "timestamp": "1749416383", "recipient_id": "569"}
    body = meta.body(account, [meta.text("uno", message_id="wamid.b0"), photo], [status])
    assert post(account, body).status_code == 200
    ear.wait_for("whatsapp.status_received", provider_message_id="wamid.b2")
    ids = {"wamid.b0", "wamid.b1", "wamid.b2"}
    ref = {"ref": "77"}.items()
    told = [e for e in ear.heard if e.data.get("provider_message_id") in ids or ref <= e.data.items()]
    assert [e.type.split(".")[2] for e in told] == ["received", "received", "media_received", "status_received"]
    assert told[1].data["media_pending"]
    assert told[2].data["message_id"] == told[1].data["message_id"]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "nonsense", "sha256=é"])
def test_without_its_signature_nothing_is_taken(client, account, meta, ear, signature):
    body = meta.body(account, [meta.text(message_id="wamid.forged")])
    headers = {"X-Hub-Signature-256": signature.encode()}
    answer = client.post(f"/webhooks/whatsapp/meta/{account.slug}", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert not ear.events("message.received", provider_message_id="wamid.forged")


def test_a_signature_is_of_one_body(post, account, meta):
    signature = meta.signature(meta.body(account, [meta.text("Hola")]))
    assert post(account, meta.body(account, [meta.text("Adiós")]), signature=signature).status_code == 401


@pytest.mark.parametrize(
    ("provider", "slug"), [("meta", "nadie"), ("twilio", None), ("telegram", None), ("meta", "%2e")]
)
def test_an_unknown_account_is_not_found(post, account, meta, provider, slug):
    answer = post(account, meta.body(account, [meta.text()]), provider=provider, slug=slug)
    assert answer.status_code == 404


def test_an_account_that_was_switched_off_takes_nothing(post, add_account, meta):
    off = add_account(active=False)
    assert post(off, meta.body(off, [meta.text()])).status_code == 404


def test_another_numbers_webhook_is_refused(post, account, meta, ear):
    body = meta.body(account, [meta.text(message_id="wamid.other")], ref="999")
    assert post(account, body).json()["code"] == "account_mismatch"
    assert not ear.events("message.received", provider_message_id="wamid.other")


def test_of_a_mixed_webhook_only_ours_is_taken(post, account, meta, ear):
    ours = json.loads(meta.body(account, [meta.text(message_id="wamid.ours")]))
    theirs = json.loads(meta.body(account, [meta.text(message_id="wamid.theirs")], ref="999"))
    ours["entry"] += theirs["entry"]
    assert post(account, json.dumps(ours).encode()).status_code == 200
    ear.wait_for("message.received", provider_message_id="wamid.ours")
    assert not ear.events("message.received", provider_message_id="wamid.theirs")


def test_a_long_body_is_refused_by_what_it_says_of_itself(client, account):
    answer = client.post(f"/webhooks/whatsapp/meta/{account.slug}", content=b"x", headers={"Content-Length": "3145729"})
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


def test_a_long_body_in_pieces_is_refused(client, account):
    answer = client.post(f"/webhooks/whatsapp/meta/{account.slug}", content=(bytes(1024 * 1024) for _ in range(4)))
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


def test_three_megabytes_are_still_read(post, account):
    assert post(account, b" " * (3 * 1024 * 1024)).status_code == 400


def test_text_that_no_database_stores_is_no_reason_to_refuse(post, account, meta, ear):
    assert post(account, meta.body(account, [meta.text("a\x00b\ud800c", message_id="wamid.odd")])).status_code == 200
    (event,) = ear.wait_for("message.received", provider_message_id="wamid.odd")
    assert event.data["text"] in {"abc", "ab\ufffdc"}


@pytest.mark.parametrize("text", ["BAJA", "¡alta!"])
def test_refusals_are_marked(post, account, meta, ear, text):
    message = meta.text(text)
    post(account, meta.body(account, [message]))
    (event,) = ear.wait_for("message.received", provider_message_id=message["id"])
    assert event.data["opt"] == ("out" if text == "BAJA" else "in")


def test_a_number_answers_the_menu_that_the_citizen_was_sent(post, account, meta, ear, sessions):
    from munbot_whatsapp.citizens.models import Citizen

    options = [{"title": "Pedir hora", "payload": "/book"}, {"title": "Reclamo", "payload": "/complain"}]
    with sessions.begin() as session:
        session.add(
            Citizen(account_id=account.id, address="56955550001", tenant_id="valle-claro", menu={"options": options})
        )
    message = meta.text("2", sender="56955550001")
    assert post(account, meta.body(account, [message])).status_code == 200
    (event,) = ear.wait_for("message.received", provider_message_id=message["id"])
    assert (event.data["kind"], event.data["payload"]) == ("button", "/complain")


@pytest.fixture
def no_database(client):
    """The API's database, away."""
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    def refuse(*_):
        raise OperationalError("SELECT", {}, Exception("away"))

    engine = client.app.state.session_factory.kw["bind"]
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def test_without_the_database_words_are_still_taken(client, post, account, meta, ear, no_database):
    client.app.state.book.forget()
    words, number = meta.text("hola"), meta.text("2")
    assert post(account, meta.body(account, [words])).status_code == 200
    ear.wait_for("message.received", provider_message_id=words["id"])
    refused = post(account, meta.body(account, [number]))  # it may stand for an option
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["hub.mode", "hub.challenge", "hub.verify_token", "x"]), st.text(max_size=20)))
def test_a_hostile_challenge_breaks_nothing(client, account, query):
    answer = client.get(f"/webhooks/whatsapp/meta/{account.slug}", params=query)
    assert answer.status_code == 403


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), st.sampled_from(["GET", "POST"]))
def test_a_hostile_address_breaks_nothing(client, slug, method):
    address = f"/webhooks/whatsapp/meta/{quote(slug, safe='')}"
    assert client.request(method, address).status_code in {404, 405, 422}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def a_webhook_of(value):
    entry = {"changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


hostile = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | json_values.map(a_webhook_of)
    | st.fixed_dictionaries({"messages": json_values, "statuses": json_values, "metadata": json_values}).map(
        a_webhook_of
    )
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(hostile)
def test_hostile_bodies_publish_nothing_and_break_nothing(post, account, meta, ear, body):
    before = len(ear.heard)
    assert post(account, body).status_code in {200, 400, 403}
    marker = meta.text()
    post(account, meta.body(account, [marker]))
    ear.wait_for("message.received", provider_message_id=marker["id"])
    assert len(ear.heard) == before + 1


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_body_cut_off_anywhere_is_unreadable(post, account, meta, ear, data):
    whole = meta.body(account, [meta.text("cortado", message_id="wamid.cut")])
    answer = post(account, whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert answer.status_code == 400
    assert not ear.events("message.received", provider_message_id="wamid.cut")
