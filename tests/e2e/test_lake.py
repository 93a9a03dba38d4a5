"""The data lake as its users meet it: a booking is in the archive without its citizen, pictures, imports, figures."""

import io
import json
import os
import secrets
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest
from e2e_support import TENANT, new_rut, until
from PIL import Image

pytestmark = pytest.mark.platform


@pytest.fixture
def munbot(platform):
    """Callable: exit code and words of a ./munbot command."""

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "munbot_cli", *arguments, "--project", os.environ["MUNBOT_TEST_PROJECT"]],
            env=os.environ | {"MUNBOT_ROOT": os.environ["MUNBOT_TEST_PROJECT_ROOT"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_booking_is_in_the_archive_once_and_its_citizen_is_not(munbot, service, untouched_slot, agent):
    rut = new_rut()
    wish = {
        "procedure_id": untouched_slot["procedure_id"],
        "office_id": untouched_slot["office_id"],
        "start": untouched_slot["start"],
        "citizen": {"rut": rut, "name": "Rosalinda Curaqueo", "email": "rosalinda@correo.cl"},
        "channel": "web",
    }
    made = service.post("/api/book-slot", json=wish).json()
    sql = f"select * from appointment_booked where appointment_id = '{made['id']}'"

    def ask():
        code, out, said = munbot("lake", "--format", "json", sql)
        assert code == 0, said
        return json.loads(out)

    (row,) = until(ask, "the booking in the archive")
    assert row["procedure_id"] == wish["procedure_id"]
    assert row["tenant"] == TENANT
    told = json.dumps(row)
    for personal in (rut, rut.replace("-", ""), "Rosalinda", "rosalinda@correo.cl", made["code"]):
        assert personal not in told

    today = datetime.now(UTC).date()
    figures = agent.get(
        "/api/data-lake/v1/figures", params={"from": f"{today.year}-01-01", "to": str(today), "group": "year"}
    )
    assert figures.status_code == 200, figures.text
    assert figures.json()["periods"][0]["figures"]["appointments_booked"] >= 1
    service.post(f"/api/scheduler/v1/appointments/{made['id']}/cancel", json={"reason": "e2e"})


def test_a_question_that_changes_something_is_refused(munbot):
    code, out, said = munbot("lake", "delete from events")
    assert code == 1
    assert "Sólo se puede leer" in out + said


def test_an_official_keeps_a_picture_and_a_page_shows_it(platform, agent, viewer):
    catalogue = f"e2e-{secrets.token_hex(4)}"
    sink = io.BytesIO()
    Image.linear_gradient("L").resize((1000, 500)).convert("RGB").save(sink, "JPEG")
    path = f"/api/data-lake/v1/images/{catalogue}/plaza"
    assert viewer.put(path, files={"file": ("a", sink.getvalue())}).status_code == 403
    kept = agent.put(path, files={"file": ("a", sink.getvalue())})
    assert kept.status_code == 200, kept.text
    address = f"{platform.base_url}/api/imagenes/catalogos/{catalogue}/plaza?v={kept.json()['version']}&w=320"
    shown = httpx.get(address, headers={"Accept": "image/avif,image/webp"}, timeout=60)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert "immutable" in shown.headers["cache-control"]
    assert Image.open(io.BytesIO(shown.content)).size == (320, 160)
    assert httpx.post(address, timeout=60).status_code in {403, 405}
    assert agent.delete(path).status_code == 204
    assert httpx.get(address, timeout=60).status_code == 404


def test_a_file_of_the_earlier_demo_is_brought_in_once(munbot, tmp_path, service):
    mark = secrets.token_hex(6)
    file, report = tmp_path / "reclamos.json", tmp_path / "report.json"
    record = {"id": mark, "categoria": "Retiro de basura", "departamento": "Aseo", "mensaje": "No pasa el camión"}
    record |= {"nombre_denunciante": "Ana Rojas", "mail": "ana@correo.cl", "ip": "10.0.0.1", "rut": new_rut()}
    file.write_text(json.dumps([record, {**record, "id": f"{mark}-2", "rut": ""}]))
    outcomes = []
    for _ in range(2):
        code, out, _ = munbot("import", "complaints", str(file), "--report", str(report))
        assert code == 1, "one of them has no RUT"
        assert "rut_missing" in out
        outcomes.append(json.loads(report.read_text()))
    (first, refused), (again, _) = outcomes
    assert (first["outcome"], refused["outcome"], again["outcome"]) == ("imported", "refused", "known")
    assert first["number"] == again["number"]
    complaint = service.get(f"/api/complaints/v1/complaints/{first['number']}").json()
    assert complaint["description"] == "No pasa el camión"
    assert "10.0.0.1" not in json.dumps(complaint)
