"""POST /v1/categorise over the demo's categories: complaints as people write them."""

from pathlib import Path

import httpx
import pytest
import yaml

from .conftest import TENANT

DEMO = Path(__file__).resolve().parents[4] / "config" / "demo" / "complaints.yml"
ALSO = {
    "vivo al lado de un pub y la bulla no me deja dormir": "ruidos.locales",
    "hace un mes que no recogen la basura": "aseo.retiro_basura",
    "hay un forado en la calle y se me reventó el neumático": "vialidad.bache",
    "se quemó la ampolleta del farol frente a mi casa": "alumbrado.luminaria_apagada",
    "el funcionario de la ventanilla fue muy pesado conmigo": "atencion.trato",
    "hay una cañería reventada y se está botando toda el agua": "agua.fuga",
    "necesitamos más carabineros y rondas en la noche": "seguridad.patrullaje",
    "los ambulantes tapan toda la pasada frente al metro": "seguridad.comercio_ambulante",
    "está todo lleno de hojas y mugre en la calle": "aseo.limpieza_calles",
    "el basurero de la plaza está roto": "aseo.contenedores",
    "mi vecino pone reggaetón hasta las 4": "ruidos.vecinos",
    "la tapa de la cámara del alcantarillado no está": "agua.alcantarillado",
}


@pytest.fixture(scope="module")
def ask(make_gateway, make_token):
    gateway = make_gateway().start()
    headers = {"Authorization": f"Bearer {make_token('service')}", "X-Munbot-Tenant": TENANT}
    with httpx.Client(base_url=gateway.url, headers=headers, timeout=120) as client:
        yield lambda body, **options: client.post("/v1/categorise", json=body, **options)


def demo():
    loaded = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    leaves = [leaf for one in loaded["categories"] for leaf in one.get("children", [one])]
    categories = [{key: leaf.get(key, []) for key in ("code", "name", "synonyms")} for leaf in leaves]
    filed = {
        one["description"]: one["category"] for office in loaded["tenants"].values() for one in office["complaints"]
    }
    return categories, filed | ALSO


def test_nearly_all_complaints_find_their_category(ask):
    categories, complaints = demo()
    first = among = 0
    for text, right in complaints.items():
        answer = ask({"text": text, "categories": categories})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        suggested = [body["category"]["code"], *(other["code"] for other in body["alternatives"])]
        sure = [body["category"]["confidence"], *(other["confidence"] for other in body["alternatives"])]
        assert sure == sorted(sure, reverse=True)
        assert sum(sure) <= 1.01
        first += suggested[0] == right
        among += right in suggested
    assert first >= 0.9 * len(complaints)
    assert among >= 0.97 * len(complaints)


def test_one_category_is_certain(ask):
    answer = ask({"text": "cualquier cosa", "categories": [{"code": "a", "name": "Aseo"}]}).json()
    assert answer == {"category": {"code": "a", "confidence": 1.0}, "alternatives": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "", "categories": [{"code": "a", "name": "A"}]},
        {"text": "x" * 5000, "categories": [{"code": "a", "name": "A"}]},
        {"text": "algo", "categories": []},
        {"text": "algo", "categories": [{"code": "a", "name": "A", "synonyms": ["b"] * 100}] * 20},
        {"text": "algo", "categories": [{"code": "a"}]},
        {"text": "algo", "categories": [{"code": "a", "name": "A"}], "tenant": "otra"},
    ],
)
def test_bad_bodies(ask, body):
    assert ask(body).status_code == 422


def test_citizens_do_not_ask_here(ask, make_token):
    headers = {"Authorization": f"Bearer {make_token('visitor')}"}
    assert ask({"text": "x", "categories": [{"code": "a", "name": "A"}]}, headers=headers).status_code == 403
