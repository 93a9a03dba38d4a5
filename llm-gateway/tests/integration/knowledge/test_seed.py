"""The demo's documents: loaded once, brought up to date, and never over what somebody changed."""

from pathlib import Path

import pytest
import yaml
from munbot_llm import migrate
from munbot_llm.knowledge import seed
from munbot_llm.settings import StoreSettings

DEMO = Path(__file__).resolve().parents[4] / "config" / "demo"
PAIRS = """
- question: ¿Hasta qué hora atienden los viernes?
  also: [a qué hora cierran el viernes]
  answer: Los viernes atendemos hasta las 14:00.
- id: sabado
  question: ¿Atienden los sábados?
  answer: No atendemos los sábados.
"""


@pytest.fixture
def folder(tmp_path, tenant):
    below = tmp_path / "knowledge" / tenant / "tramites"
    below.mkdir(parents=True)
    (below / "licencia.md").write_text("# Licencia\n\nLa licencia de conducir cuesta $ 20.000 y dura seis años.")
    (below / "aseo.md").write_text("# Aseo\n\nLa basura se retira los lunes y jueves en la noche.")
    (below.parent / "preguntas.yml").write_text(PAIRS)
    return tmp_path


@pytest.fixture
def run(settings, store):
    def migrated(folder, **changes):
        fields = settings.model_dump(include=set(StoreSettings.model_fields)) | {"demo_seed_dir": folder}
        migrate.run(StoreSettings.model_validate(fields | changes), seed_demo=True)
        return store.listing()

    return migrated


def test_seeding_again_writes_nothing(run, folder, tenant, store):
    first = run(folder)
    assert len(first[tenant]) == 4
    assert run(folder)[tenant] == first[tenant]
    assert {store.read(tenant, key).version for key in first[tenant]} == {1}


def test_a_changed_seed_becomes_the_next_version(run, folder, tenant, store):
    before = run(folder)[tenant]
    (folder / "knowledge" / tenant / "tramites" / "aseo.md").write_text("# Aseo\n\nLa basura se retira los martes.")
    (folder / "knowledge" / tenant / "preguntas.yml").write_text(PAIRS.replace("14:00", "13:00"))
    after = run(folder)[tenant]
    changed = [store.read(tenant, key) for key in after if before[key] != after[key]]
    assert sorted((row.kind, row.version) for row in changed) == [("document", 2), ("pair", 2)]
    assert {row.passages[0].text for row in changed} == {
        "La basura se retira los martes.",
        "Los viernes atendemos hasta las 13:00.",
    }


def test_what_officials_changed_or_removed_stays_so(run, folder, tenant, client, as_, upload, search):
    run(folder)
    assert upload("# Licencia\n\nLa licencia de conducir cuesta $ 31.500.", "licencia.md").json()["version"] == 2
    body = {"question": "¿Atienden los sábados?", "answer": "Los sábados de marzo, sí."}
    assert client.put("/v1/knowledge/pairs/sabado", json=body, headers=as_("admin")).json()["version"] == 2
    aseo = next(
        item["id"]
        for item in client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["items"]
        if item["filename"] == "aseo.md"
    )
    client.delete(f"/v1/knowledge/documents/{aseo}", headers=as_("admin"))

    (folder / "knowledge" / tenant / "tramites" / "licencia.md").write_text("# Licencia\n\nCuesta $ 1 desde ahora.")
    (folder / "knowledge" / tenant / "preguntas.yml").write_text(PAIRS.replace("No atendemos", "Nunca atendemos"))
    before = run(folder)[tenant]
    assert run(folder)[tenant] == before
    found = client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["items"]
    assert {item["filename"] for item in found if item["kind"] == "document"} == {"licencia.md"}
    assert "31.500" in search("¿cuánto cuesta la licencia de conducir?")[0]
    assert "sábados de marzo" in search("¿Atienden los sábados?")[0]


def test_it_is_refused_outside_the_demo(run, folder, store, tenant):
    with pytest.raises(migrate.SeedRefused):
        run(folder, munbot_mode="production")
    assert store.listing(tenant) == {}


@pytest.mark.parametrize("content", ["a: b", "- question: x", "- {question: x, answer: y, colour: red}"])
def test_a_seed_that_is_wrong_is_refused(run, folder, tenant, content):
    (folder / "knowledge" / tenant / "preguntas.yml").write_text(content)
    with pytest.raises(ValueError, match=r"question|answer|colour|list"):
        run(folder)


def test_two_files_of_one_name_are_refused(run, folder, tenant):
    (folder / "knowledge" / tenant / "Aseo.md").write_text("# Aseo\n\nOtro texto sobre el aseo.")
    with pytest.raises(ValueError, match="more than one"):
        run(folder)


def test_the_demo_of_the_repository_loads_wholly(run, empty_store):
    store = empty_store

    def load():
        run(DEMO, knowledge_bucket=store.bucket)
        return store.listing()

    listing = load()
    folders = [path for path in (DEMO / "knowledge").iterdir() if path.is_dir()]
    assert {path.name for path in folders} == set(listing) >= {"valle-claro", "punta-brava"}
    for folder in folders:
        rows = [store.read(folder.name, key) for key in listing[folder.name]]
        files = {path.name for path in folder.rglob("*.md")}
        pairs = [entry for path in folder.rglob("*.yml") for entry in yaml.safe_load(path.read_text())]
        assert {row.filename for row in rows if row.kind == "document"} == files
        assert {row.title for row in rows if row.kind == "pair"} == {pair["question"] for pair in pairs}
        assert all(row.passages for row in rows)
        assert not [row.warnings for row in rows if row.warnings]
    assert load() == listing
    assert len(list(seed.read_pairs((DEMO / "knowledge/valle-claro/preguntas-frecuentes.yml").read_text()))) >= 40
