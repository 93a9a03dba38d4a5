"""Models are fetched from a hub on this machine that breaks connections, forgets ranges and lies."""

import hashlib
import importlib.util
import json
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from munbot_llm.models import downloads
from munbot_llm.models.catalogue import CatalogueModel, UnknownModel, catalogue, find_model
from munbot_llm.models.downloads import DownloadError, fetch
from munbot_llm.models.hub import HubError, find_file

_spec = importlib.util.spec_from_file_location("hub_server", Path(__file__).with_name("hub_server.py"))
hub_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hub_server)

CONTENT = b"GGUF" + bytes(range(256)) * 4096
KEY = "maker/Model-GGUF/model-q4_k_m.gguf"
MODEL = CatalogueModel(name="model", title="Model", repository="maker/Model-GGUF", file="*Q4_K_M.gguf")


@pytest.fixture
def hub():
    with hub_server.running(hub_server.Hub({KEY: CONTENT, "maker/Model-GGUF/README.md": b"hello"})) as running:
        yield running


@pytest.fixture
def client():
    with httpx.Client(timeout=10) as client:
        yield client


def pull(client, hub, folder, **options):
    return fetch(client, find_file(client, hub.url, MODEL), folder, pause=lambda _seconds: None, **options)


def leftovers(folder):
    return [path.name for path in folder.iterdir() if "partial" in path.name]


# ---- what the hub says


def test_the_hub_tells_name_size_and_checksum(client, hub):
    file = find_file(client, hub.url, MODEL)
    assert (file.name, file.size) == ("model-q4_k_m.gguf", len(CONTENT))
    assert file.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert hub_server.COMMIT in file.url


def test_a_renamed_repository_is_followed(client, hub):
    hub.files["old/Model-GGUF/model-q4_k_m.gguf"] = CONTENT
    hub.renamed["old/Model-GGUF"] = "maker/Model-GGUF"
    model = CatalogueModel(name="m", title="m", repository="old/Model-GGUF", file="*q4_k_m.gguf")
    assert find_file(client, hub.url, model).size == len(CONTENT)


def test_of_parts_and_projectors_none_is_taken(client, hub):
    hub.files = {
        "maker/Model-GGUF/mmproj-q4_k_m.gguf": b"",
        "maker/Model-GGUF/model-00001-of-00002-q4_k_m.gguf": b"",
    }
    with pytest.raises(HubError, match="has no file"):
        find_file(client, hub.url, MODEL)


def test_a_file_that_is_not_there_names_those_that_are(client, hub):
    hub.files["maker/Model-GGUF/model-q8_0.gguf"] = b"GGUF"
    del hub.files[KEY]
    with pytest.raises(HubError, match=r"it has model-q8_0\.gguf"):
        find_file(client, hub.url, MODEL)


def test_a_repository_that_is_not_there(client, hub):
    hub.files.clear()
    with pytest.raises(HubError, match="404"):
        find_file(client, hub.url, MODEL)


def test_a_gated_model_says_what_to_do(client, hub):
    hub.gated = True
    with pytest.raises(HubError, match="LLM_HUB_TOKEN"):
        find_file(client, hub.url, MODEL)
    with httpx.Client(headers={"Authorization": "Bearer permitted"}) as permitted:
        assert find_file(permitted, hub.url, MODEL).size == len(CONTENT)


def test_without_a_checksum_nothing_is_fetched(client, hub):
    hub.without_sums = True
    with pytest.raises(HubError, match="gives no SHA-256"):
        find_file(client, hub.url, MODEL)


def test_a_hub_that_contradicts_itself(client, hub):
    hub.header_lie = "a" * 64
    with pytest.raises(HubError, match="contradicts itself"):
        find_file(client, hub.url, MODEL)


def test_a_hub_that_is_away(client):
    with pytest.raises(HubError, match="does not answer"):
        find_file(client, "http://127.0.0.1:9", MODEL)


# ---- the file


def test_a_download_reports_its_progress_and_leaves_one_file(client, hub, tmp_path):
    told = []
    fetched = pull(client, hub, tmp_path / "models", progress=lambda done, total: told.append((done, total)))
    assert fetched.done == "downloaded"
    assert fetched.path.read_bytes() == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert leftovers(tmp_path / "models") == []


def test_what_is_there_is_not_fetched_again(client, hub, tmp_path):
    pull(client, hub, tmp_path)
    assert pull(client, hub, tmp_path).done == "unchanged"
    assert len(hub.downloads) == 1


def test_a_file_of_that_name_with_other_bytes_is_replaced(client, hub, tmp_path):
    (tmp_path / "model-q4_k_m.gguf").write_bytes(b"GGUF" + b"\0" * (len(CONTENT) - 4))
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT


def test_a_broken_connection_goes_on_where_it_broke(client, hub, tmp_path):
    hub.cuts = [300_000, 0, 200_000]
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT
    assert [asked["range"] for asked in hub.downloads] == [None, "bytes=300000-", "bytes=300000-", "bytes=500000-"]
    assert hub.downloads[1]["if_range"] == '"one"'


def test_the_next_run_goes_on_where_the_last_one_ended(client, hub, tmp_path):
    hub.cuts = [400_000] + [0] * 20
    with pytest.raises(DownloadError, match="run the same command again") as lost:
        pull(client, hub, tmp_path)
    assert lost.value.code == "connection_lost"
    asked = len(hub.downloads)
    hub.cuts = []
    fetched = pull(client, hub, tmp_path)
    assert (fetched.done, fetched.path.read_bytes()) == ("resumed", CONTENT)
    assert hub.downloads[asked]["range"] == "bytes=400000-"
    assert len(hub.downloads) == asked + 1


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(client, hub, tmp_path):
    hub.cuts = [300_000]
    hub.etags = ['"one"', '"two"']
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT
    assert hub.downloads[1]["range"] == "bytes=300000-"


def test_what_is_left_of_another_version_is_thrown_away(client, hub, tmp_path):
    (tmp_path / "model-q4_k_m.gguf.partial").write_bytes(b"GGUF other bytes")
    about = {"sha256": "b" * 64, "size": 99, "etag": '"one"'}
    (tmp_path / "model-q4_k_m.gguf.partial.json").write_text(json.dumps(about))
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT
    assert hub.downloads[0]["range"] is None


def test_a_server_without_ranges_sends_it_whole_again(client, hub, tmp_path):
    hub.cuts, hub.ranges = [300_000], False
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT


def test_a_refused_range_begins_anew(client, hub, tmp_path):
    hub.cuts, hub.refuse_ranges = [300_000], True
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT
    assert [asked["range"] for asked in hub.downloads] == [None, "bytes=300000-", None]


def test_a_server_that_stumbles_is_asked_again(client, hub, tmp_path):
    hub.statuses = [503, 500, 0]
    assert pull(client, hub, tmp_path).path.read_bytes() == CONTENT


def test_a_server_that_stays_down_is_given_up(client, hub, tmp_path):
    hub.statuses = [503] * 50
    with pytest.raises(DownloadError, match="503"):
        pull(client, hub, tmp_path)
    assert len(hub.downloads) < 10


@pytest.mark.parametrize(("status", "code"), [(404, "gone"), (403, "refused")])
def test_what_no_patience_helps_is_said_at_once(client, hub, tmp_path, status, code):
    hub.statuses = [status]
    with pytest.raises(DownloadError) as error:
        pull(client, hub, tmp_path)
    assert error.value.code == code
    assert len(hub.downloads) == 1


def test_wrong_bytes_are_deleted_and_said(client, hub, tmp_path):
    hub.lies[KEY] = "c" * 64
    with pytest.raises(DownloadError, match="c" * 64) as error:
        pull(client, hub, tmp_path)
    assert error.value.code == "checksum_mismatch"
    assert not (tmp_path / "model-q4_k_m.gguf").exists()
    assert leftovers(tmp_path) == []


def test_a_page_instead_of_a_model_is_deleted(client, hub, tmp_path):
    hub.files[KEY] = b"<html>log in</html>" * 100
    with pytest.raises(DownloadError) as error:
        pull(client, hub, tmp_path)
    assert error.value.code == "not_gguf"
    assert not (tmp_path / "model-q4_k_m.gguf").exists()


def test_more_bytes_than_promised_are_not_written(client, hub, tmp_path):
    hub.extra = 10
    with pytest.raises(DownloadError) as error:
        pull(client, hub, tmp_path)
    assert error.value.code == "too_long"
    assert not (tmp_path / "model-q4_k_m.gguf").exists()


def test_a_full_disk_is_seen_before_the_first_byte(client, hub, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=len(CONTENT)))
    with pytest.raises(DownloadError, match="GB free") as error:
        pull(client, hub, tmp_path)
    assert error.value.code == "no_space"
    assert hub.downloads == []


def test_two_at_once_fetch_it_once(client, hub, tmp_path):
    hub.gate = threading.Event()
    file = find_file(client, hub.url, MODEL)
    waited, done = threading.Event(), []

    def second():
        with httpx.Client(timeout=20) as other:
            done.append(fetch(other, file, tmp_path, waiting=waited.set).done)

    def first():
        with httpx.Client(timeout=20) as other:
            done.append(fetch(other, file, tmp_path).done)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    while not hub.downloads:
        threads[0].join(0.01)
    threads.append(threading.Thread(target=second))
    threads[1].start()
    assert waited.wait(20)
    hub.gate.set()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == ["downloaded", "unchanged"]
    assert len(hub.downloads) == 1


# ---- the catalogue


def test_the_catalogue_is_whole():
    models = catalogue()
    assert len(models) >= 6
    assert len({model.name for model in models}) == len(models)
    for model in models:
        assert model.licence
        assert model.note
        assert model.context >= 4096
        assert 0.5 <= model.download_gb <= 3.5
        assert model.memory_gb > model.download_gb
        assert set(model.checked) <= {"licence", "context", "languages", "download_gb"}
        assert not hasattr(model, "sha256"), "checksums come from the hub, at download time"


def test_a_model_is_found_by_name_or_by_its_place():
    assert find_model("Salamandra-2B").publisher.startswith("Barcelona")
    other = find_model("owner/repo-GGUF/sub/file.Q4_K_M.gguf")
    assert (other.repository, other.file) == ("owner/repo-GGUF", "sub/file.Q4_K_M.gguf")
    with pytest.raises(UnknownModel):
        find_model("gpt-9")


def test_pauses_grow_and_stop_growing(client, hub, tmp_path):
    hub.statuses = [503] * 50
    pauses = []
    with pytest.raises(DownloadError):
        fetch(client, find_file(client, hub.url, MODEL), tmp_path, pause=pauses.append)
    assert pauses == sorted(pauses)
    assert max(pauses) <= downloads._LONGEST_PAUSE
