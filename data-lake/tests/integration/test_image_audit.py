"""What the hub is told of pictures: before it is done, and else it is not done."""

import hashlib
import io
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.images import demo, repository
from munbot_datalake.images.service import Images
from munbot_datalake.settings import MigrateSettings
from PIL import Image

DEMO = Path(__file__).resolve().parents[3] / "config" / "demo"
WHO = {"actor": "agent:test", "actor_role": "agent", "object_type": "image"}


def picture(form="PNG"):
    sink = io.BytesIO()
    Image.effect_noise((40, 30), 40).convert("RGB").save(sink, form)
    return sink.getvalue()


@pytest.fixture
def catalogue():
    return f"c-{secrets.token_hex(4)}"


@pytest.fixture
def path(catalogue):
    return f"/v1/images/{catalogue}/plaza"


@pytest.fixture
def put(api, path):
    def upload(content, to=path, role="agent", **caller):
        return (caller.pop("app", api))("PUT", to, role, files={"file": ("a", content)}, **caller)

    return upload


@pytest.fixture
def kept(client, bucket):
    """Names and contents of the store's pictures."""
    return lambda: {item.object_name: item.etag for item in client.list_objects(bucket, recursive=True)}


def facts(content, catalogue, version, media_type="image/png"):
    return {"size": len(content), "media_type": media_type, "sha256": version, "catalogue": catalogue, "name": "plaza"}


def test_pictures_that_come_and_go_are_noted(api, put, hub, path, catalogue):
    contents = [picture(), picture("JPEG")]
    assert [put(content).status_code for content in contents] == [200, 200]
    assert api("DELETE", path, "agent").status_code == 204
    sums = [hashlib.sha256(content).hexdigest() for content in contents]
    first = facts(contents[0], catalogue, sums[0])
    second = facts(contents[1], catalogue, sums[1], "image/jpeg")
    changed = {name: first[name] for name in ("size", "media_type", "sha256")}
    named = WHO | {"object_id": f"{catalogue}/plaza"}
    assert hub.of("valle-claro") == [
        named | {"action": "image.stored", "before": None, "after": first},
        named | {"action": "image.stored", "before": changed, "after": second},
        named | {"action": "image.removed", "before": second, "after": None},
    ]


def test_it_is_noted_before_it_is_done(api, put, hub, path, kept):
    seen, before = [], kept()
    hub.look = lambda: seen.append(kept())
    put(picture())
    full = kept()
    api("DELETE", path)
    assert seen == [before, full]
    assert kept() == before


def test_the_same_picture_again_changes_nothing(api, put, hub):
    content = picture()
    first = put(content).json()
    assert put(content, role="admin").json() == first
    assert len(hub.of("valle-claro")) == 1


def test_the_same_picture_again_brings_back_what_the_store_lost(put, client, bucket, kept):
    content = picture()
    put(content)
    full = kept()
    key = f"originals/valle-claro/{hashlib.sha256(content).hexdigest()}"
    client.remove_object(bucket, key)
    assert key not in kept()
    assert put(content).status_code == 200
    assert kept() == full


def test_what_is_removed_is_what_was_noted(api, put, hub, path, kept):
    before = kept()
    first, second = picture(), picture()
    put(first)

    def replace():
        hub.look = None
        assert put(second).status_code == 200

    hub.look = replace
    assert api("DELETE", path).status_code == 204
    removed = [one["before"]["sha256"] for one in hub.of("valle-claro") if one["action"] == "image.removed"]
    assert sorted(removed) == sorted(hashlib.sha256(content).hexdigest() for content in (first, second))
    assert api("GET", path.rpartition("/")[0]).json() == []
    assert kept() == before


def test_the_same_picture_again_does_not_undo_what_took_its_place_meanwhile(
    factory, client, bucket, catalogue, tmp_path
):
    first, second, noted = picture(), picture(), []

    def save(images, content):
        where = {"tenant": "valle-claro", "catalogue": catalogue, "name": "plaza"}
        note = lambda _before, after: noted.append(after.sha256)  # noqa: E731
        images.save(**where, content=content, by="ana", now=datetime.now(UTC), note=note)

    class Overtaken(Images):
        def _store(self, *stored):
            save(images, second)
            super()._store(*stored)

    made = (factory, client, bucket, DiskCache(tmp_path, 10**6))
    images = Images(*made)
    save(images, first)
    save(Overtaken(*made), first)
    sums = [hashlib.sha256(content).hexdigest() for content in (first, second)]
    assert noted == sums
    with factory() as session:
        assert repository.find(session, catalogue, "plaza").sha256 == sums[1]
    names = [item.object_name for item in client.list_objects(bucket, "originals/", recursive=True)]
    assert [f"originals/valle-claro/{one}" in names for one in sums] == [False, True]


def test_what_is_refused_is_not_noted(api, put, hub, path):
    put(picture())
    hub.entries.clear()
    refused = [
        put(b"%PDF-1.7"),
        put(b"\xff" * (15 * 1024 * 1024 + 1)),
        put(picture(), role="viewer"),
        put(picture(), tenant="punta-brava"),
        put(picture(), "/v1/images/Plazas/a"),
        api("DELETE", f"{path}-2"),
        api("DELETE", path, tenant="punta-brava"),
        api("DELETE", path, "viewer"),
    ]
    assert [answer.status_code for answer in refused] == [422, 413, 403, 409, 422, 404, 404, 403]
    assert hub.entries == {}


@pytest.mark.parametrize("answer", [503, 422], ids=["away", "refuses"])
def test_what_cannot_be_noted_is_not_done(api, put, hub, path, catalogue, kept, answer):
    made, before = put(picture()).json(), kept()
    hub.answer = answer
    for refused in (
        put(picture()),
        put(picture(), f"/v1/images/{catalogue}-2/plaza"),
        api("DELETE", path),
    ):
        assert (refused.status_code, refused.json()["code"]) == (503, "audit_away")
        assert refused.headers["retry-after"] == "2"
    assert kept() == before
    assert api("GET", f"/v1/images/{catalogue}").json() == [made]
    assert f"{catalogue}-2" not in [one["name"] for one in api("GET", "/v1/images").json()]
    hub.answer = 204
    assert put(picture()).status_code == 200


def test_without_a_hub_it_is_ready_and_shows_pictures(put, start, make_settings, catalogue):
    put(picture())
    alone = start(make_settings(conversations_url="http://127.0.0.1:9"))
    assert alone("GET", "/readyz", None).status_code == 200
    assert alone("GET", f"/imagenes/catalogos/{catalogue}/plaza", None).status_code == 200
    assert put(picture(), app=alone).json()["code"] == "audit_away"


def test_long_names_stand_whole_beside_the_id(put, hub):
    name = "n" * 100
    assert put(picture(), f"/v1/images/{name}/{name}").status_code == 200
    (entry,) = hub.of("valle-claro")
    assert entry["object_id"] == name
    assert (entry["after"]["catalogue"], entry["after"]["name"]) == (name, name)


def test_the_demo_s_maps_need_no_hub(make_settings, hub):
    hub.answer = 503
    fields = make_settings().model_dump(include=set(MigrateSettings.model_fields) - {"service_name"})
    assert demo.seed(MigrateSettings(**fields | {"munbot_mode": "demo", "demo_seed_dir": DEMO})) == 2
    assert hub.entries == {}
