"""Where the links in the workflows' mails lead, from their own code run by node: no n8n is needed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

WORKFLOWS = Path(__file__).parents[2] / "n8n" / "workflows"
ENV = {"PUBLIC_URL": "https://municipio.example", "OFFICE_MAIL": "oirs@m.cl", "ESCALATION_MAIL": "jefe@m.cl"}
FACT = {
    "complaint_id": "019358f2-0000-7000-8000-000000000001",
    "folio": "REC-2026-000123-K",
    "category_name": "Retiro de basura",
    "unit": "Aseo",
    "due_date": "2026-12-07",
    "citizen": {"name": "Marcela Soto", "email": "marcela@m.cl"},
}
OFFICE = "019358f0-0000-7000-8000-000000000002"
COMPLAINT = "https://municipio.example/panel/reclamos/REC-2026-000123-K"

RUN = """
const { code, nodes, json, env } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const node = (name) => ({ first: () => ({ json: nodes[name] }) });
const day = { toISODate: () => '2026-11-24', toFormat: () => '24-11-2026' };
const names = ['$', '$env', '$json', '$now', '$execution'];
const said = new Function(...names, code)(node, env, json, { plus: () => day }, { id: 1 });
console.log(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def node():
    return shutil.which("node") or pytest.skip("node is not installed")


@pytest.fixture
def links(node):
    """Callable: the links in the mails that a workflow writes, from what its earlier nodes gave."""

    def written(workflow, nodes, given=None):
        steps = json.loads((WORKFLOWS / f"{workflow}.json").read_text(encoding="utf-8"))["nodes"]
        code = next(step["parameters"]["jsCode"] for step in steps if step["name"] == "Redacta")
        asked = json.dumps({"code": code, "nodes": nodes, "json": given, "env": ENV})
        done = subprocess.run([node, "-e", RUN], input=asked, capture_output=True, text=True, check=True, timeout=60)
        texts = [mail["json"]["text"] for mail in json.loads(done.stdout)]
        return [[word for word in text.split() if word.startswith("https://")] for text in texts]

    return written


def test_a_complaint_is_opened_by_its_folio_and_followed_on_its_own_municipality_s_page(links):
    event = {"id": "e", "tenant": "punta-brava", "data": FACT}
    follow = "https://municipio.example/t/punta-brava/reclamo"
    assert links("nuevo-reclamo", {"Reclamo nuevo": event}) == [[COMPLAINT], [follow]]
    assert links("reclamo-vencido", {"Comprueba la firma": event}) == [[COMPLAINT], [COMPLAINT]]


def test_an_agenda_that_is_too_long_leads_to_that_day_s_list(links):
    hour = {"office": {"id": OFFICE}, "status": "booked", "start": "2026-11-24T10:15:00-03:00"}
    hour |= {"procedure": {"name": "Licencia clase B"}, "citizen": {"name": "Marcela Soto"}}
    offices = {"items": [{"id": OFFICE, "name": "Tránsito", "email": "transito@m.cl"}]}
    found = links("agenda-de-manana", {"Oficinas": offices}, {"items": [hour] * 200})
    assert found == [[f"https://municipio.example/panel/agenda/lista?fecha=2026-11-24&oficina={OFFICE}"]]


def test_a_rated_answer_leads_to_its_conversation(links):
    fact = {"question": "¿Abre?", "comment": None, "sources": [], "conversation_id": OFFICE}
    found = links("respuesta-mal-evaluada", {"Comprueba la firma": {"id": "e", "data": fact}})
    assert found == [[f"https://municipio.example/panel/conversaciones/{OFFICE}"]]
