"""Following a complaint without logging in."""

import pytest


def follow(client, folio, end, tenant=None):
    query = {"rut_last4": end} | ({"tenant": tenant} if tenant else {})
    return client.get(f"/v1/public/complaints/{folio}", params=query)


def test_state_since_when_and_next_date(client, as_, file_complaint, clock):
    folio = file_complaint()["folio"]
    url = f"/v1/complaints/{folio}"
    clock.forward(days=1)
    client.post(f"{url}/status", json={"status": "in_review", "reason": "Revisando el recorrido"}, headers=as_("agent"))
    client.post(f"{url}/comments", json={"text": "Pasará el jueves", "public": True}, headers=as_("agent"))
    client.post(f"{url}/comments", json={"text": "Ojo: reclama siempre"}, headers=as_("agent"))

    answer = follow(client, folio, "9032")
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["status"], seen["status_label"]) == ("in_review", "En revisión")
    assert seen["since"] == "2026-11-24T10:00:00-03:00"
    assert (seen["due_date"], seen["clock"], seen["overdue"]) == ("2026-11-30", "running", False)
    assert [update["text"] for update in seen["updates"]] == [
        "Recibimos su reclamo.",
        "Revisando el recorrido",
        "Pasará el jueves",
    ]
    assert not {"citizen", "rut", "name", "assignee"} & set(seen)
    for secret in ("Ojo", "Marcela", "15482903", "9876"):
        assert secret not in answer.text

    client.post(f"{url}/status", json={"status": "resolved", "reason": "Pasó el camión"}, headers=as_("agent"))
    assert follow(client, folio, "9032").json()["due_date"] is None


@pytest.mark.parametrize("end", ["9032", "903-2", " 903-2 ", "90.32"])
def test_punctuation_does_not_matter(client, file_complaint, end):
    assert follow(client, file_complaint()["folio"], end).status_code == 200


def test_k_in_both_cases(client, file_complaint):
    folio = file_complaint(citizen={"rut": "8.765.432-k"})["folio"]
    assert follow(client, folio, "432k").status_code == 200
    assert follow(client, folio, "432K").status_code == 200


def test_wrong_rut_and_unknown_folio_look_the_same(client, file_complaint):
    folio = file_complaint()["folio"]
    wrong = follow(client, folio, "1234")
    unknown = follow(client, "REC-2026-000002-1", "9032")
    assert wrong.status_code == unknown.status_code == 404
    differing = {"instance", "correlation_id"}
    assert {k: v for k, v in wrong.json().items() if k not in differing} == {
        k: v for k, v in unknown.json().items() if k not in differing
    }


def test_a_wrong_check_digit_is_said(client, file_complaint):
    file_complaint()
    answer = follow(client, "REC-2026-000001-4", "9032")
    assert (answer.status_code, answer.json()["code"]) == (422, "folio_invalid")


@pytest.mark.parametrize("end", ["", "12", "12345", "abcd", "K123", "15482903-2", "９０３２"])
def test_what_is_no_end_of_a_rut(client, file_complaint, end):
    answer = follow(client, file_complaint()["folio"], end)
    assert answer.status_code == 422


def test_guessing_is_stopped_for_known_and_unknown_folios_alike(client, file_complaint, clock):
    known = file_complaint()["folio"]
    for folio in (known, "REC-2026-000002-1"):
        statuses = [follow(client, folio, f"{guess:03d}1").status_code for guess in range(7)]
        assert statuses == [404] * 5 + [429] * 2
        blocked = follow(client, folio, "9032")
        assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")
        assert 0 < int(blocked.headers["Retry-After"]) <= 15 * 60 + 1
    clock.forward(minutes=15)
    assert follow(client, known, "9032").status_code == 200


def test_the_right_rut_may_be_asked_any_number_of_times(client, file_complaint):
    folio = file_complaint()["folio"]
    assert {follow(client, folio, "9032").status_code for _ in range(8)} == {200}


def test_two_offices_with_the_same_folio(client, file_complaint):
    here = file_complaint()["folio"]
    there = file_complaint(tenant="punta-brava", citizen={"rut": "12345678-5"}, category="alumbrado")["folio"]
    assert here == there
    assert follow(client, here, "9032").json()["category"] == "Retiro de basura"
    assert follow(client, here, "6785").json()["category"] == "Alumbrado público"
    assert follow(client, here, "9032", "punta-brava").status_code == 404
    file_complaint(tenant="valle-claro")
    file_complaint(tenant="punta-brava")
    both = follow(client, "REC-2026-000002-1", "9032")
    assert (both.status_code, both.json()["code"]) == (422, "tenant_required")
    assert follow(client, "REC-2026-000002-1", "9032", "valle-claro").status_code == 200
