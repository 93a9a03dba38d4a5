"""Lists, cursors, search, duplicates and the CSV file."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from munbot_complaints.complaints.queries import ComplaintFilter
from munbot_complaints.complaints.repository import ComplaintRepository


def folios(client, headers, query="", limit=3):
    """All folios of a list, page by page."""
    found, cursor = [], None
    for _ in range(50):
        page = f"/v1/complaints?limit={limit}{query}" + (f"&cursor={cursor}" if cursor else "")
        answer = client.get(page, headers=headers)
        assert answer.status_code == 200, answer.text
        found += [item["folio"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


@pytest.fixture
def many(file_complaint, clock):
    """Fourteen complaints, from a year ago to now, some in the same millisecond."""
    made = []
    ages = [400, 180, 90, 30, 30, 10, 3, 1, 0.5, 0.1, 0.01, 0.001, 0, 0]
    now = clock()
    for index, age in enumerate(ages):
        clock.set(now - timedelta(days=age))
        category = "alumbrado" if index % 3 == 0 else "aseo.retiro_basura" if index % 2 else "aseo.microbasural"
        made.append(file_complaint(category=category))
    clock.set(now)
    return made


def test_pages_hold_everything_once_newest_first(client, as_, many):
    assert folios(client, as_("viewer")) == [receipt["folio"] for receipt in reversed(many)]


def test_a_cursor_is_stable_while_complaints_come_in(client, as_, many, file_complaint, clock):
    first = client.get("/v1/complaints?limit=5", headers=as_("viewer")).json()
    clock.forward(minutes=1)
    file_complaint()
    second = client.get(f"/v1/complaints?limit=200&cursor={first['next_cursor']}", headers=as_("viewer")).json()
    seen = [item["folio"] for item in first["items"] + second["items"]]
    assert seen == [receipt["folio"] for receipt in reversed(many)]


def test_filters(client, as_, many, file_complaint, clock):
    agent = as_("agent")
    by_category = {}
    for receipt in many:
        by_category.setdefault(receipt["category"], []).append(receipt["folio"])
    assert folios(client, agent, "&category=alumbrado") == by_category["alumbrado"][::-1]
    assert folios(client, agent, "&category=aseo.microbasural") == by_category["aseo.microbasural"][::-1]
    area = [r["folio"] for r in reversed(many) if r["category"].startswith("aseo")]
    assert folios(client, agent, "&category=aseo") == area
    assert folios(client, agent, "&unit=Alumbrado") == by_category["alumbrado"][::-1]

    one, two = many[2]["folio"], many[9]["folio"]
    client.post(f"/v1/complaints/{one}/assign", json={"assignee": "ana"}, headers=agent)
    client.post(f"/v1/complaints/{two}/status", json={"status": "forwarded", "reason": "x"}, headers=agent)
    assert folios(client, agent, "&assignee=ana") == [one]
    assert len(folios(client, agent, "&assignee=none")) == len(many) - 1
    assert folios(client, agent, "&status=forwarded") == [two]
    assert folios(client, agent, "&status=forwarded&category=alumbrado") == (
        [two] if many[9]["category"] == "alumbrado" else []
    )
    assert len(folios(client, agent, "&status=received&status=forwarded")) == len(many)
    today = clock().date().isoformat()
    assert len(folios(client, agent, f"&from={today}")) == 5
    assert len(folios(client, agent, f"&to={today}")) == len(many)
    assert folios(client, agent, "&from=2025-01-01&to=2025-12-31") == [many[0]["folio"]]
    conversation = str(uuid4())
    mine = file_complaint(conversation_id=conversation, citizen={"rut": "9123456-4"})["folio"]
    assert folios(client, agent, f"&conversation_id={conversation}") == [mine]
    assert folios(client, agent, "&rut=9.123.456-4") == [mine]


def test_overdue_and_due_order(client, as_, many, clock):
    agent = as_("agent")
    listed = folios(client, agent, "&sort=due")
    assert len(listed) == len(many)
    dates = [client.get(f"/v1/complaints/{folio}", headers=agent).json()["due_date"] for folio in listed]
    assert dates == sorted(dates)
    late = folios(client, agent, "&overdue=true")
    assert late == [folio for folio, day in zip(listed, dates, strict=True) if day < "2026-11-23"]
    assert set(folios(client, agent, "&overdue=false")) == set(listed) - set(late)
    settled = late[0]
    client.post(f"/v1/complaints/{settled}/status", json={"status": "resolved", "reason": "Listo"}, headers=agent)
    assert folios(client, agent, "&overdue=true") == late[1:]
    assert settled not in folios(client, agent, "&sort=due")


def test_terms_of_any_age_are_listed_in_order_whoever_looked_before(client, as_, file_complaint, clock):
    """Where terms begin to end is remembered, and it is only a guess: an earlier one is found too."""
    agent, now = as_("agent"), clock()
    assert folios(client, agent, "&sort=due") == []
    ages = {}
    for days in (20, 300, 0, 2_000, 45):  # an older one comes in after the list was read
        clock.set(now - timedelta(days=days))
        ages[file_complaint()["folio"]] = days
        clock.set(now)
        listed = folios(client, agent, "&sort=due")
        assert [ages[folio] for folio in listed] == sorted(ages.values(), reverse=True)
        assert folios(client, agent, "&overdue=true") == [folio for folio in listed if ages[folio] >= 20]
        assert folios(client, agent, "&sort=due&overdue=false") == [folio for folio in listed if ages[folio] < 20]
    oldest = folios(client, agent, "&sort=due")[0]
    client.post(f"/v1/complaints/{oldest}/status", json={"status": "resolved", "reason": "Listo"}, headers=agent)
    assert folios(client, agent, "&sort=due") == [folio for folio in listed if folio != oldest]


def test_where_terms_begin_is_looked_up_once_also_by_filtered_lists(database, many, monkeypatch):
    repository, asked = ComplaintRepository(database), []
    ask = repository._ask
    monkeypatch.setattr(repository, "_ask", lambda *args: asked.append(args) or ask(*args))
    wanted, now = ComplaintFilter(tenant="valle-claro", statuses=("closed",)), datetime(2026, 11, 23, tzinfo=UTC)
    assert repository.page(wanted, sort="due", after=None, limit=5, now=now) == []
    assert len(asked) > 100
    asked.clear()
    assert repository.page(wanted, sort="due", after=None, limit=5, now=now) == []
    assert len(asked) < 20


def test_the_order_by_term_goes_with_every_filter(client, as_, many, file_complaint, clock):
    agent = as_("agent")
    mine = file_complaint(conversation_id=str(uuid4()), citizen={"rut": "9123456-4"}, category="alumbrado")
    client.post(f"/v1/complaints/{mine['folio']}/assign", json={"assignee": "ana"}, headers=agent)
    client.post(f"/v1/complaints/{many[0]['folio']}/assign", json={"assignee": "ana"}, headers=agent)
    every = folios(client, agent, "&sort=due")
    for query in (
        "&assignee=ana",
        "&assignee=ana&category=alumbrado",
        "&assignee=none",
        "&rut=9.123.456-4",
        "&q=9.123.456-4&assignee=ana",
        "&unit=Alumbrado",
        "&category=aseo.microbasural",
        "&status=received",
        "&q=camion",
        f"&from={clock().date().isoformat()}",
    ):
        newest_first = folios(client, agent, query)
        assert newest_first
        assert folios(client, agent, f"{query}&sort=due") == [folio for folio in every if folio in newest_first]
    assert folios(client, agent, "&sort=due&assignee=bea") == []


def test_overdue_ones_newest_first(client, as_, many, file_complaint, clock):
    """Also where a pause puts the ends of old ones behind those of newer ones."""
    agent, now = as_("agent"), clock()
    clock.set(now - timedelta(days=200))
    waited = [file_complaint()["folio"], file_complaint()["folio"]]
    for days, status in ((200, "waiting_citizen"), (5, "in_review")):
        clock.set(now - timedelta(days=days))
        for folio in waited:
            client.post(f"/v1/complaints/{folio}/status", json={"status": status, "reason": "x"}, headers=agent)
    clock.set(now + timedelta(days=30))
    by_term = folios(client, agent, "&overdue=true")
    newest = [folio for folio in folios(client, agent) if folio in by_term]
    assert set(waited) < set(newest)
    assert newest != by_term[::-1]
    for limit in (1, 2, 3, 50):
        assert folios(client, agent, "&overdue=true&sort=created", limit) == newest
    aseo = [folio for folio in folios(client, agent, "&category=aseo") if folio in by_term]
    assert folios(client, agent, "&overdue=true&sort=created&category=aseo") == aseo
    today = now.date().isoformat()
    came = [folio for folio in folios(client, agent, f"&from={today}") if folio in by_term]
    assert folios(client, agent, f"&overdue=true&sort=created&from={today}") == came


def test_a_folio_is_asked_for_with_the_other_filters(client, as_, many, clock):
    agent, old = as_("agent"), many[0]["folio"]
    today = clock().date().isoformat()
    assert folios(client, agent, f"&q={old}") == [old]
    assert folios(client, agent, f"&q={old}&overdue=true") == [old]
    for query in ("overdue=false", "status=closed", "assignee=ana", f"from={today}", f"from={today}&sort=due"):
        assert folios(client, agent, f"&q={old}&{query}") == []


@pytest.mark.parametrize(
    ("q", "hit"),
    [
        ("luminaria", True),
        ("lum", True),
        ("de mi", True),
        ("LUMINARIAS", True),
        ("lumin quill", True),
        ("quillay 310", True),
        ("verónica", True),
        ("veronica luminarias", True),
        ("12.345.678-5", True),
        ("rec 2026 2 1", True),
        ("uminaria", False),
        ("luminaria inexistente", False),
        (".*", None),
        ("a", None),
        ("(", None),
        ("\\", None),
    ],
)
def test_search(client, as_, file_complaint, q, hit):
    file_complaint()
    wanted = file_complaint(
        category="alumbrado",
        description="Las luminarias de mi calle no prenden",
        place={"address": "Calle Quillay 310"},
        citizen={"rut": "12345678-5", "name": "Verónica Muñoz"},
    )
    answer = client.get("/v1/complaints", params={"q": q}, headers=as_("agent"))
    assert answer.status_code == 200
    if hit is not None:
        assert [item["folio"] for item in answer.json()["items"]] == ([wanted["folio"]] if hit else [])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=xx", "cursor_invalid"),
        ("cursor=WyJkdWUiLCAxXQ", "cursor_invalid"),
        ("limit=0", "invalid"),
        ("limit=1000", "invalid"),
        ("status=lost", "invalid"),
        ("from=ayer", "invalid"),
        ("from=0001-01-01", "invalid"),
        ("to=9999-12-31", "invalid"),
        ("rut=1-1", "rut_invalid"),
        ("category=$where", "invalid"),
        ("sort=rut", "invalid"),
    ],
)
def test_bad_questions(client, as_, query, code):
    answer = client.get(f"/v1/complaints?{query}", headers=as_("agent"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_duplicates_nearby(client, as_, file_complaint, clock):
    def at(latitude, **changes):
        return file_complaint(place={"address": "x", "latitude": latitude, "longitude": -70.57}, **changes)["folio"]

    clock.forward(days=-61)
    at(-33.4000)  # too long ago
    clock.forward(days=61)
    near, nearest = at(-33.4008), at(-33.4001)
    at(-33.4100)  # a kilometre away
    at(-33.4000, category="alumbrado")
    at(-33.4000, tenant="punta-brava")
    settled = at(-33.4000)
    client.post(f"/v1/complaints/{settled}/status", json={"status": "resolved", "reason": "x"}, headers=as_("agent"))
    url = "/v1/complaints/duplicates?latitude=-33.4&longitude=-70.57&radius_m=150&category="
    found = client.get(url + "aseo", headers=as_("service")).json()["items"]
    assert [(item["folio"], item["distance_m"]) for item in found] == [(nearest, 11), (near, 89)]
    assert found[0]["description"]
    assert client.get(url + "aseo.microbasural", headers=as_("service")).json()["items"] == []

    visitor = as_("visitor", conversation_id=str(uuid4()))
    seen = client.get(url + "aseo.retiro_basura", headers=visitor).json()["items"]
    assert [item["folio"] for item in seen] == [nearest, near]
    assert {(item["description"], item["address"]) for item in seen} == {(None, None)}
    assert client.get(url.replace("150", "nan") + "aseo", headers=visitor).status_code == 422
    assert client.get(url.replace("-33.4", "NaN") + "aseo", headers=visitor).status_code == 422


def test_the_csv_file(client, as_, file_complaint):
    file_complaint(description='=HYPERLINK("http://x","un clic aquí")', citizen={"rut": "9123456-4", "name": "+56 9"})
    file_complaint(description='Con coma, comillas " y\nlínea nueva', category="alumbrado")
    answer = client.get("/v1/complaints/export.csv", headers=as_("viewer"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["Estado"] for row in rows] == ["Recibido", "Recibido"]
    assert rows[0]["Descripción"] == 'Con coma, comillas " y\nlínea nueva'
    assert rows[1]["Descripción"].startswith("'=HYPERLINK")
    assert rows[1]["Nombre"] == "'+56 9"
    only = client.get("/v1/complaints/export.csv?category=alumbrado&separator=semicolon", headers=as_("admin"))
    assert len(list(csv.reader(io.StringIO(only.content.decode("utf-8-sig"), newline=""), delimiter=";"))) == 2
    empty = client.get("/v1/complaints/export.csv", headers=as_("viewer", "punta-brava"))
    assert len(empty.content.decode("utf-8-sig").splitlines()) == 1
