"""`migrate` can be run again and again, and the demo's own file loads."""

from pathlib import Path

from munbot_complaints import migrate
from munbot_complaints.settings import StoreSettings

DEMO = Path(__file__).parents[3] / "config" / "demo"


def test_the_demo_loads_once(settings, database, client, as_):
    fields = settings.model_dump(include=set(StoreSettings.model_fields)) | {"demo_seed_dir": DEMO}
    store_settings = StoreSettings.model_validate(fields)
    migrate.run(store_settings, seed_demo=True)
    first = _everything(database)
    migrate.run(store_settings, seed_demo=True)
    assert _everything(database) == first
    assert {row["status"] for row in first} >= {
        "received",
        "in_review",
        "forwarded",
        "waiting_citizen",
        "resolved",
        "rejected",
        "closed",
        "reopened",
    }
    assert {row["tenant_id"] for row in first} == {"valle-claro", "punta-brava"}
    thirteenth = client.get("/v1/public/complaints/rec 2026 13 7?tenant=valle-claro&rut_last4=9032")
    assert thirteenth.status_code == 200, thirteenth.text

    tree = client.get("/v1/categories", headers=as_("viewer")).json()["items"]
    assert len(tree) == 11
    assert all(area["unit"] and area["deadline_days"] for area in tree)


def _everything(database):
    return list(database["complaints"].find().sort("_id", 1))
