"""Complaints about the same thing become one case."""

import pytest


def act(client, headers, folio, verb, body):
    return client.post(f"/v1/complaints/{folio}/{verb}", json=body, headers=headers)


def read(client, headers, folio):
    return client.get(f"/v1/complaints/{folio}", headers=headers).json()


@pytest.fixture
def events(waiting):
    """Pending events about a complaint, in whichever document they wait."""

    def of(folio):
        return [
            (body["type"].split(".")[2], body["data"]["status"], body["data"].get("reason"))
            for body in sorted(waiting(), key=lambda body: body["time"])
            if body["data"]["folio"] == folio
        ]

    return of


@pytest.fixture
def pair(file_complaint):
    """Folios of a complaint and of one that repeats it."""
    first = file_complaint()["folio"]
    return first, file_complaint(citizen={"rut": "9123456-4", "name": "Ana Rojas"})["folio"]


def test_the_one_that_repeats_is_closed_and_both_know(client, as_, pair):
    primary, repeated = pair
    answer = act(client, as_("agent"), repeated, "merge", {"into": primary.lower(), "version": 1})
    assert answer.status_code == 200, answer.text
    merged = answer.json()
    assert (merged["status"], merged["merged_into"], merged["due_date"]) == ("closed", primary, None)
    assert [entry["action"] for entry in merged["history"]] == ["created", "merged", "status_changed"]
    assert "trata de lo mismo" in merged["history"][-1]["reason"]

    kept = read(client, as_("viewer"), primary)
    assert (kept["duplicates"], kept["status"], kept["merged_into"]) == ([repeated], "received", None)
    assert kept["history"][-1]["action"] == "received_duplicate"

    again = act(client, as_("agent"), repeated, "merge", {"into": primary})
    assert (again.status_code, again.json()["version"]) == (200, merged["version"])


def test_its_citizen_hears_of_every_move_of_the_other(client, as_, pair, database, clock, events):
    primary, repeated = pair
    clock.forward(hours=1)
    act(client, as_("agent"), repeated, "merge", {"into": primary, "reason": "Es lo mismo"})
    clock.forward(hours=1)
    act(client, as_("agent"), primary, "status", {"status": "resolved", "reason": "Pasó el camión"})
    assert events(repeated) == [
        ("created", "received", None),
        ("status_changed", "closed", "Es lo mismo"),
        ("status_changed", "resolved", "Pasó el camión"),
    ]
    told = [
        event["body"]["data"]
        for row in database["complaints"].find({"folio": primary})
        for event in row["pending_events"]
        if event["body"]["data"].get("folio") == repeated
    ]
    assert [data["citizen"]["name"] for data in told] == ["Ana Rojas"]


def test_tracking_one_s_own_number_shows_the_case(client, as_, pair, clock):
    primary, repeated = pair
    clock.forward(hours=1)
    act(client, as_("agent"), primary, "status", {"status": "in_review", "reason": "Antes de reunir"})
    clock.forward(hours=1)
    act(client, as_("agent"), repeated, "merge", {"into": primary})
    url = f"/v1/public/complaints/{repeated}?rut_last4=4564"
    seen = client.get(url).json()
    assert (seen["folio"], seen["status"], seen["due_date"]) == (repeated, "in_review", "2026-11-30")
    clock.forward(hours=1)
    act(client, as_("agent"), primary, "status", {"status": "resolved", "reason": "Pasó el camión"})
    act(client, as_("agent"), primary, "comments", {"text": "Doña Marcela quedó conforme", "public": True})
    seen = client.get(url).json()
    assert (seen["status"], seen["updates"][-1]["text"]) == ("resolved", "Pasó el camión")
    texts = [update["text"] for update in seen["updates"]]
    assert "Antes de reunir" not in texts
    assert "Doña Marcela quedó conforme" not in texts


def test_reopening_separates(client, as_, pair, events):
    primary, repeated = pair
    act(client, as_("agent"), repeated, "merge", {"into": primary})
    opened = act(client, as_("agent"), repeated, "status", {"status": "reopened", "reason": "Era otro poste"}).json()
    assert (opened["status"], opened["merged_into"], opened["clock"]) == ("reopened", None, "running")
    assert read(client, as_("agent"), primary)["duplicates"] == []
    before = events(repeated)
    act(client, as_("agent"), primary, "status", {"status": "resolved", "reason": "Listo"})
    assert events(repeated) == before
    assert client.get(f"/v1/public/complaints/{repeated}?rut_last4=4564").json()["status"] == "reopened"


def test_what_cannot_be_merged(client, as_, pair, file_complaint):
    primary, repeated = pair
    agent = as_("agent")
    third, settled = file_complaint()["folio"], file_complaint()["folio"]
    act(client, agent, settled, "status", {"status": "resolved", "reason": "Listo"})
    act(client, agent, repeated, "merge", {"into": primary})
    for one, into in [
        (primary, primary),
        (third, repeated),
        (repeated, third),
        (primary, third),
        (third, settled),
        (settled, third),
    ]:
        answer = act(client, agent, one, "merge", {"into": into})
        assert (answer.status_code, answer.json()["code"]) == (422, "merge_illegal"), (one, into)
    assert read(client, agent, third)["version"] == 1
    elsewhere = file_complaint(tenant="punta-brava")["folio"]
    assert act(client, as_("agent", "punta-brava"), elsewhere, "merge", {"into": third}).status_code == 404
    assert act(client, agent, third, "merge", {"into": "REC-2026-000001-4"}).json()["code"] == "folio_invalid"
    assert act(client, as_("viewer"), third, "merge", {"into": primary}).status_code == 403


def test_a_stale_merge_changes_neither(client, as_, pair):
    primary, repeated = pair
    act(client, as_("agent"), repeated, "comments", {"text": "Llamé a la vecina"})
    answer = act(client, as_("admin"), repeated, "merge", {"into": primary, "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")
    assert answer.json()["yours"] == {"into": primary, "reason": ""}
    assert read(client, as_("agent"), primary)["version"] == 1


def test_a_death_in_between_is_ended_by_merging_again(client, as_, pair, database):
    primary, repeated = pair
    row = database["complaints"].find_one({"folio": repeated})
    link = {"id": row["_id"], "folio": repeated}
    database["complaints"].update_one({"folio": primary}, {"$set": {"duplicates": [link]}, "$inc": {"version": 1}})
    assert read(client, as_("agent"), primary)["duplicates"] == []
    assert act(client, as_("agent"), repeated, "merge", {"into": primary}).status_code == 200
    assert read(client, as_("agent"), primary)["duplicates"] == [repeated]
    assert len(database["complaints"].find_one({"folio": primary})["duplicates"]) == 1


def test_if_match_is_a_version(client, as_, pair):
    url = f"/v1/complaints/{pair[0]}"
    seen = client.get(url, headers=as_("agent"))
    assert seen.headers["ETag"] == '"1"'
    move = {"status": "in_review", "reason": "Visto"}
    first = client.post(f"{url}/status", json=move, headers=as_("agent") | {"If-Match": seen.headers["ETag"]})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    reject = {"status": "rejected", "reason": "No procede"}
    second = client.post(f"{url}/status", json=reject, headers=as_("admin") | {"If-Match": '"1"'})
    assert (second.status_code, second.json()["code"]) == (409, "version_conflict")
    assert second.json()["yours"] == reject
    assert second.json()["current"]["status"] == "in_review"
    for tag in ('"x"', "1", '""', '"01"'):
        answer = client.post(f"{url}/status", json=reject, headers=as_("agent") | {"If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (422, "if_match_invalid")
    any_version = client.post(f"{url}/status", json=reject, headers=as_("agent") | {"If-Match": "*"})
    assert any_version.status_code == 200
