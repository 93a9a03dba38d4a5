"""Each store's content goes out and comes back the same, on real servers."""

import io
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from bson import Int64, ObjectId
from minio import Minio
from minio.commonconfig import ENABLED
from minio.versioningconfig import VersioningConfig
from munbot_common.settings import S3Settings
from munbot_datalake.backup import saving
from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.manifest import Part
from munbot_datalake.backup.problems import BackupError, BackupUnusable, StoreNotEmpty
from munbot_datalake.backup.settings import BackupSettings, TargetSettings
from munbot_datalake.backup.stores.mongo import Mongo
from munbot_datalake.backup.stores.objects import FORMER_VERSION, Objects, read_index, summary
from munbot_datalake.backup.stores.postgres import Postgres
from munbot_datalake.backup.targets import open_target
from munbot_datalake.backup.targets.folder import FolderTarget
from munbot_datalake.store import make_client
from pymongo import MongoClient
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs


@pytest.fixture
def folder(tmp_path):
    return FolderTarget(str(tmp_path), "t")


@pytest.fixture(params=["folder", "s3"])
def target(request, tmp_path, s3, bucket):
    """A folder, and a bucket of the object store."""
    if request.param == "folder":
        return FolderTarget(str(tmp_path), "t")
    endpoint, access, secret = s3
    return open_target(
        TargetSettings(
            backup_target=f"s3://{bucket}/some/where",
            backup_namespace="t",
            backup_s3_endpoint=endpoint,
            backup_s3_access_key=access,
            backup_s3_secret_key=secret,
        )
    )


@pytest.fixture
def client(s3):
    endpoint, access, secret = s3
    return make_client(S3Settings(s3_endpoint=endpoint, s3_access_key=access, s3_secret_key=secret))


@pytest.fixture
def bucket(client):
    """The name of an empty bucket, removed afterwards."""
    name = f"t-{secrets.token_hex(6)}"
    client.make_bucket(name)
    yield name
    _remove(client, name)


@pytest.fixture
def other_bucket(client):
    """The name of a bucket that is not there yet."""
    name = f"t-{secrets.token_hex(6)}"
    yield name
    if client.bucket_exists(name):
        _remove(client, name)


def _remove(client: Minio, name):
    for item in client.list_objects(name, recursive=True, include_version=True):
        client.remove_object(name, item.object_name, version_id=item.version_id)
    client.remove_bucket(name)


# ---- targets


def test_a_target_gives_back_what_it_was_given(target):
    large = [bytes([number]) * 700_000 for number in range(30)]  # more than one part of an upload
    part = target.put("x/large", iter(large))
    assert part.size == 21_000_000
    assert b"".join(target.get("x/large")) == b"".join(large)
    assert target.put("x/empty", []) == Part(
        size=0, sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    blob, new = target.put_blob([b"a", b"b"])
    assert new
    assert target.put_blob([b"ab"]) == (blob, False)
    assert sorted(target.names("x/")) == ["x/empty", "x/large"]
    assert [sha256 for sha256, _ in target.blob_ages()] == [blob.sha256]
    assert target.size("x/large") == part.size
    target.remove("x/large")
    assert target.size("x/large") is None
    with pytest.raises(BackupUnusable):
        list(target.get("x/large"))


def test_a_bucket_that_is_not_there_is_named(s3):
    endpoint, access, secret = s3
    settings = TargetSettings(
        backup_target="s3://nowhere-to-be-seen",
        backup_s3_endpoint=endpoint,
        backup_s3_access_key=access,
        backup_s3_secret_key=secret,
    )
    with pytest.raises(BackupError, match="nowhere-to-be-seen"):
        open_target(settings)


# ---- PostgreSQL


@pytest.fixture
def postgres(postgres_database):
    """(server, name of a database with content, name for a copy)."""
    engine = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text("DROP SCHEMA IF EXISTS s CASCADE; DROP TABLE IF EXISTS people, alembic_version CASCADE")
        )
        connection.execute(text("CREATE TABLE people (id int PRIMARY KEY, name text, born timestamptz, share float8)"))
        rows = "SELECT n, 'Ñandú ' || n, now() + n * interval '1 day', random() FROM generate_series(1, 5000) n"
        connection.execute(text(f"INSERT INTO people {rows}"))
        connection.execute(text("CREATE SCHEMA s; CREATE TABLE s.empty (x int)"))
        connection.execute(
            text("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('7')")
        )
    engine.dispose()
    parts = urlsplit(postgres_database.replace("+psycopg2", ""))
    server = Postgres(urlunsplit(parts._replace(path="/postgres")))
    copy = f"t_{secrets.token_hex(6)}"
    yield server, parts.path.strip("/"), copy
    admin = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'))
    admin.dispose()


def test_a_database_comes_back_with_the_same_rows(postgres, folder):
    server, name, copy = postgres
    saved, _ = server.save(name, "postgres", folder, "b")
    assert saved.migration == "7"
    assert {table: about.rows for table, about in saved.tables.items()} == {
        "public.alembic_version": 1,
        "public.people": 5000,
        "s.empty": 0,
    }
    server.make(copy, "postgres", force=False)
    server.restore(copy, folder.get(f"b/{saved.part}"))
    assert server.count(copy) == saved.tables


def test_one_changed_letter_is_seen(postgres, folder, postgres_database):
    server, name, _ = postgres
    saved, _ = server.save(name, "postgres", folder, "b")
    engine = create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("UPDATE people SET name = 'Nandú 17' WHERE id = 17"))
    engine.dispose()
    found = server.count(name)
    assert found["public.people"].rows == saved.tables["public.people"].rows
    assert found["public.people"] != saved.tables["public.people"]


def test_a_dump_that_was_cut_off_leaves_nothing_behind(postgres, folder):
    server, name, copy = postgres
    saved, _ = server.save(name, "postgres", folder, "b")
    whole = b"".join(folder.get(f"b/{saved.part}"))
    server.make(copy, "postgres", force=False)
    with pytest.raises(BackupError):
        server.restore(copy, [whole[: len(whole) // 2]])
    assert server.count(copy) == {}


def test_a_database_with_tables_is_replaced_only_by_force(postgres, folder):
    server, name, copy = postgres
    saved, _ = server.save(name, "postgres", folder, "b")
    server.make(copy, "postgres", force=False)
    server.restore(copy, folder.get(f"b/{saved.part}"))
    assert copy in server.filled()
    with pytest.raises(StoreNotEmpty):
        server.make(copy, "postgres", force=False)
    assert server.count(copy) == saved.tables
    server.make(copy, "postgres", force=True)
    assert server.count(copy) == {}


def test_two_backups_do_not_run_at_once(postgres, monkeypatch):
    server, *_ = postgres
    own = secrets.randbits(62)  # the platform's own worker may be saving just now
    monkeypatch.setattr("munbot_datalake.backup.stores.postgres._LOCK", own)
    with server.locked(), pytest.raises(BackupError, match="another backup"), server.locked():
        pass
    with server.locked():
        pass


# ---- MongoDB


@pytest.fixture
def mongo(mongo_database):
    """(server, name of a database with two collections)."""
    url, name = mongo_database
    with MongoClient(url) as plain:
        plain.drop_database(name)
        people = plain[name]["people"]
        people.insert_many(
            {
                "_id": number,
                "n": Int64(number),
                "text": "ñ" * (number % 50),
                "more": {"list": [1, 2.5, None, ObjectId()]},
            }
            for number in range(2500)
        )
        people.create_index([("n", -1)], name="by_n", unique=True)
        people.create_index("text", name="some", sparse=True)
        plain[name].create_collection("empty")
        plain[name]["empty"].create_index("at", name="forget", expireAfterSeconds=60)
    server = Mongo(url)
    yield server, name
    server.close()


def test_collections_come_back_with_documents_and_indexes(mongo, folder):
    server, database = mongo
    saved = {}
    with server.moment() as (session, _):
        for name in ("people", "empty"):
            saved[name], _ = server.save(database, name, folder, "b", session=session)
    assert saved["people"].documents == 2500
    assert saved["people"].indexes == ["_id_", "by_n", "some"]
    with pytest.raises(StoreNotEmpty):
        server.clear(database, force=False)
    server.clear(database, force=True)
    for name, about in saved.items():
        content, described = folder.get(f"b/{about.part}"), folder.get(f"b/{about.metadata_part}")
        found = server.restore(database, name, content=content, about=described)
        assert found == (about.documents, about.checksum, about.indexes)


def test_what_a_collection_holds_is_shown_while_it_is_saved(mongo, folder):
    server, database = mongo
    seen = []
    server.save(database, "people", folder, "b", session=None, look=lambda document: seen.append(document["_id"]))
    assert seen == list(range(2500))


# ---- objects


@pytest.fixture
def filled(client, bucket):
    """A bucket with versions: a replaced object, a deleted one, one that came back, and one with metadata."""
    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))

    def put(key, content, **more):
        return client.put_object(bucket, key, io.BytesIO(content), len(content), **more).version_id

    put("replaced", b"first")
    put("replaced", b"second")
    put("gone", b"was here")
    client.remove_object(bucket, "gone")
    put("back/again", b"one")
    client.remove_object(bucket, "back/again")
    put("back/again", b"two")
    put("con ñ y espacio.jpg", b"\xff\xd8", content_type="image/jpeg", metadata={"who": "me"})
    put("empty", b"")
    return bucket


def test_versions_come_back_in_their_order(client, filled, other_bucket, folder):
    store = Objects(client)
    saved = store.save(filled, folder, "b", {})
    assert (saved.bucket.keys, saved.bucket.versions, saved.bucket.delete_markers) == (4, 7, 2)
    assert saved.present == {"replaced", "back/again", "con ñ y espacio.jpg", "empty"}
    index = read_index(folder.get(f"b/{saved.bucket.part}"))
    store.restore(other_bucket, saved.bucket, index, folder, force=False)
    found = summary(store.read(other_bucket), part=saved.bucket.part, versioning=saved.bucket.versioning)
    assert found == saved.bucket
    for key, content in (("replaced", b"second"), ("back/again", b"two"), ("empty", b"")):
        assert client.get_object(other_bucket, key).read() == content
    about = client.stat_object(other_bucket, "con ñ y espacio.jpg")
    assert about.content_type == "image/jpeg"
    assert about.metadata["x-amz-meta-who"] == "me"
    former = {version.version_id for version in index if version.key == "con ñ y espacio.jpg"}
    assert {about.metadata[f"x-amz-meta-{FORMER_VERSION}"]} == former


def test_what_was_written_before_the_bucket_kept_versions_is_saved_too(client, bucket, other_bucket, folder):
    def put(key, content):
        client.put_object(bucket, key, io.BytesIO(content), len(content))

    for key, content in (("alone", b"1"), ("replaced", b"old"), ("deleted", b"gone")):
        put(key, content)
    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    put("replaced", b"new")
    client.remove_object(bucket, "deleted")
    store = Objects(client)
    saved = store.save(bucket, folder, "b", {})
    kept = sorted(b"".join(folder.get(name)) for name in folder.names("blobs/"))
    assert kept == [b"1", b"gone", b"new", b"old"]
    store.restore(other_bucket, saved.bucket, read_index(folder.get(f"b/{saved.bucket.part}")), folder, force=False)
    assert summary(store.read(other_bucket), part=saved.bucket.part, versioning="Enabled") == saved.bucket


def test_what_was_deleted_and_came_back_over_seconds_is_the_same_after_a_quick_restore(
    client, bucket, other_bucket, folder
):
    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    for content in (b"1", b"2", b"3"):
        client.put_object(bucket, "back", io.BytesIO(content), 1)
        time.sleep(1.1)  # the store's clock counts seconds
        client.remove_object(bucket, "back")
        time.sleep(1.1)
    client.put_object(bucket, "back", io.BytesIO(b"4"), 1)
    store = Objects(client)
    saved = store.save(bucket, folder, "b", {})
    store.restore(other_bucket, saved.bucket, read_index(folder.get(f"b/{saved.bucket.part}")), folder, force=False)
    assert summary(store.read(other_bucket), part=saved.bucket.part, versioning="Enabled") == saved.bucket
    assert client.get_object(other_bucket, "back").read() == b"4"


def test_what_is_known_is_not_fetched_again(client, filled, folder):
    store = Objects(client)
    first = store.save(filled, folder, "a", {})
    assert first.new_blobs == 7
    index = read_index(folder.get(f"a/{first.bucket.part}"))
    known = {version.mark: version for version in index if not version.deleted}
    blobs = list(folder.names("blobs/"))
    for blob in blobs:  # not read, not even looked into
        (folder.root / blob).chmod(0)
    second = store.save(filled, folder, "b", known)
    assert (second.new_blobs, second.new_bytes) == (0, 0)
    assert second.bucket == first.bucket
    folder.remove(blobs[0])
    assert store.save(filled, folder, "c", known).new_blobs == 1


def test_a_bucket_with_objects_is_replaced_only_by_force(client, filled, folder):
    store = Objects(client)
    saved = store.save(filled, folder, "b", {})
    index = read_index(folder.get(f"b/{saved.bucket.part}"))
    with pytest.raises(StoreNotEmpty):
        store.restore(filled, saved.bucket, index, folder, force=False)
    client.remove_object(filled, "replaced")
    store.restore(filled, saved.bucket, index, folder, force=True)
    assert summary(store.read(filled), part=saved.bucket.part, versioning="Enabled") == saved.bucket


def test_an_object_with_other_content_stops_the_restore(client, filled, other_bucket, folder):
    store = Objects(client)
    saved = store.save(filled, folder, "b", {})
    index = read_index(folder.get(f"b/{saved.bucket.part}"))
    blob = next(name for name in folder.names("blobs/") if folder.size(name) == len(b"second"))
    (folder.root / blob).write_bytes(b"SECOND")
    with pytest.raises(BackupUnusable, match="altered"):
        store.restore(other_bucket, saved.bucket, index, folder, force=False)
    written = {client.get_object(other_bucket, item.object_name).read() for item in client.list_objects(other_bucket)}
    assert b"SECOND" not in written


# ---- complaints and their files


@pytest.fixture
def save(monkeypatch, postgres, mongo_database, s3, client, bucket, folder, tmp_path):
    """Callable: a whole backup at a moment, of one collection of complaints and one bucket of attachments.

    The servers are shared, so that of each only what is this test's own is shown.
    """
    server, database, _ = postgres
    api = urlsplit(os.environ.get("MUNBOT_TEST_RABBITMQ_API") or pytest.skip("MUNBOT_TEST_RABBITMQ_API is not set"))
    url, name = mongo_database
    monkeypatch.setattr(server, "databases", lambda: {database: "postgres"})
    monkeypatch.setattr(saving.Mongo, "collections", lambda _: iter([(name, "complaints")]))
    monkeypatch.setattr(saving.Objects, "buckets", lambda _: [bucket])
    monkeypatch.setattr(saving, "_ATTACHMENTS", bucket)
    monkeypatch.setattr(saving, "log", saving.get_logger("t"))  # one that no other test has bound
    endpoint, access, secret = s3
    settings = BackupSettings(
        munbot_mode="demo",
        mongo_url=url,
        rabbitmq_api_url=f"http://{api.hostname}:{api.port}",
        rabbitmq_password=api.password,
        secrets_dir=tmp_path / "secrets",
        s3_endpoint=endpoint,
        s3_access_key=access,
        s3_secret_key=secret,
    )
    client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))

    def run(moment):
        saver = saving.Saver(settings, server, folder, clock=lambda: moment, tell=lambda _: None)
        return saver.save()

    return run


def test_a_file_that_a_complaint_names_and_nobody_has_is_named(
    save, mongo_database, client, bucket, other_bucket, folder
):
    url, name = mongo_database
    there, gone = {"id": "a1", "filename": "poste.jpg"}, {"id": "b2", "filename": "vereda rota.jpg"}
    with MongoClient(url) as plain:
        plain.drop_database(name)
        plain[name]["complaints"].insert_many(
            [
                {"_id": 1, "tenant_id": "valle-claro", "attachments": [there, gone]},
                {"_id": 2, "tenant_id": "valle-claro", "attachments": []},
            ]
        )
    key = "valle-claro/kept/b2/vereda rota.jpg"
    for content in (b"first", b"second"):
        client.put_object(bucket, key, io.BytesIO(content), len(content))
    client.put_object(bucket, "valle-claro/kept/a1/poste.jpg", io.BytesIO(b"\xff\xd8"), 2)
    night = datetime(2026, 11, 21, 6, tzinfo=UTC)
    whole = save(night)
    assert (whole.complaints_with_files, whole.missing_files) == (1, [])

    for item in client.list_objects(bucket, prefix=key, include_version=True):  # past the platform
        client.remove_object(bucket, key, version_id=item.version_id)
    with capture_logs() as lines:
        save(night + timedelta(days=1))
    kept = Catalogue(folder).read("latest")
    assert (kept.complaints_with_files, kept.missing_files) == (1, [key])
    told = [(line["log_level"], line["count"]) for line in lines if line["event"] == "complaints_name_missing_files"]
    assert told == [("error", 1)]

    # What the runbook says: the backup of before has it, with its versions.
    before = Catalogue(folder).read(whole.name)
    index = Catalogue(folder).index(before, bucket)
    Objects(client).restore(other_bucket, before.buckets[bucket], index, folder, force=False)
    assert client.get_object(other_bucket, key).read() == b"second"


def test_a_file_that_only_a_mark_of_deletion_hides_is_missing_too(save, mongo_database, client, bucket):
    url, name = mongo_database
    with MongoClient(url) as plain:
        plain.drop_database(name)
        link = {"id": "c3", "filename": "hoyo.jpg"}
        plain[name]["complaints"].insert_one({"_id": 1, "tenant_id": "punta-brava", "attachments": [link]})
    key = "punta-brava/kept/c3/hoyo.jpg"
    client.put_object(bucket, key, io.BytesIO(b"x"), 1)
    client.remove_object(bucket, key)
    assert save(datetime(2026, 11, 21, 6, tzinfo=UTC)).missing_files == [key]
