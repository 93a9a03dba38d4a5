"""A platform is lost whole and comes back from its backup, in a folder that holds nothing."""

import json
import os
import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from e2e_support import new_rut

pytestmark = pytest.mark.platform

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project():
    if os.environ.get("MUNBOT_TEST_ENGINE") == "containers":
        pytest.skip("it starts second platforms as processes; in containers try ./munbot recovery-drill")
    return os.environ["MUNBOT_TEST_PROJECT"]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Variables for a target and a data folder of the tests' own."""
    return {"MUNBOT_BACKUP_DIR": str(tmp_path_factory.mktemp("backups"))}


@pytest.fixture(scope="module")
def munbot(places):
    """Callable: run ./munbot, and give what it printed."""

    def run(*arguments, check=True, said=None):
        done = subprocess.run(
            [str(ROOT / "munbot"), *arguments],
            env={**os.environ, **places},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            input=said,
            timeout=900,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout
        return done

    return run


@pytest.fixture(scope="module")
def second(project, munbot):
    """The name of an instance that is not there; removed afterwards, with what was set aside."""
    name = f"{project}-fire"
    yield name
    munbot("down", "--volumes", "--project", name, check=False)
    data = Path(os.environ["MUNBOT_TEST_DATA_DIR"]).parent
    for folder in data.glob(f"{name}*"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def saved(project, munbot, platform, tmp_path_factory):
    """(folio of a complaint, its text, name of the backup that was made afterwards, file of the recovery key)."""
    text = f"Hay un perro herido junto al paradero, aviso {new_rut()}"
    headers = {
        "Authorization": f"Bearer {platform.secret('service_token_actions')}",
        "X-Munbot-Tenant": "valle-claro",
    }
    with httpx.Client(base_url=platform.base_url, headers=headers, timeout=60) as client:
        categories = client.get("/api/complaints/v1/categories").json()["items"]
        leaf = next(one for root in categories for one in root.get("children") or [])
        wish = {
            "category": leaf["code"],
            "description": text,
            "citizen": {"rut": new_rut(), "name": "Marcela Soto"},
            "channel": "web",
        }
        made = client.post("/api/complaints/v1/complaints", json=wish)
        assert made.status_code == 201, made.text
    recipient = Path(os.environ["MUNBOT_TEST_SECRETS_DIR"]) / "recovery_recipient"
    before = recipient.read_text() if recipient.is_file() else ""
    key = tmp_path_factory.mktemp("key") / "recovery.txt"
    munbot("recovery-key", "--out", str(key), "--project", project)
    try:
        backup = json.loads(munbot("backup", "--json", "--project", project).stdout)
    finally:
        recipient.write_text(before)
    assert backup["secrets"]
    assert backup["missing_files"] == 0
    return made.json()["folio"], text, backup["name"], key


def test_a_backup_that_was_cut_off_is_refused_before_anything_is_touched(munbot, project, saved, second, places):
    _, _, backup, key = saved
    copy = Path(places["MUNBOT_BACKUP_DIR"]) / "broken"
    shutil.copytree(Path(places["MUNBOT_BACKUP_DIR"]) / project, copy)
    dump = copy / backup / "postgres" / "scheduler.dump"
    dump.write_bytes(dump.read_bytes()[:-10])
    refused = munbot(
        "restore", backup, "--project", second, "--from", "broken", "--key", str(key), "--native", check=False
    )
    assert refused.returncode == 1
    assert "scheduler.dump" in refused.stdout
    assert not list(Path(os.environ["MUNBOT_TEST_DATA_DIR"]).parent.glob(f"{second}/secrets"))


def test_another_key_is_refused_before_anything_is_touched(munbot, project, saved, second, tmp_path):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("AGE-SECRET-KEY-1NONSENSE\n")
    refused = munbot("restore", "--project", second, "--from", project, "--key", str(wrong), "--native", check=False)
    assert refused.returncode == 1
    assert "recovery key" in refused.stdout
    assert not list(Path(os.environ["MUNBOT_TEST_DATA_DIR"]).parent.glob(f"{second}/secrets"))


def test_a_running_platform_is_not_overwritten(munbot, project, saved, platform):
    refused = munbot("restore", "--project", project, "--key", str(saved[3]), "--native", check=False)
    assert refused.returncode == 1
    assert "is running" in refused.stdout
    assert httpx.get(f"{platform.base_url}/health", timeout=30).status_code == 200


def test_a_lost_platform_comes_back(munbot, project, platform, saved, second):
    folio, text, backup, key = saved
    options = ("--from", project, "--key", str(key), "--no-start", "--native")
    assert "all as they were" in munbot("restore", backup, "--project", second, *options).stdout
    munbot("up", "--native", "--no-seed", "--only", "nginx", "--project", second)  # without those that write to people
    shown = munbot("env", "--project", second).stdout
    url = next(line for line in shown.splitlines() if "MUNBOT_TEST_BASE_URL" in line).partition("=")[2].strip("'\"")
    # The password is the first one's: it came back with the secrets.
    with closing(replace(platform, base_url=url).login("valle-claro", "admin")) as client:
        found = client.get(f"/api/complaints/v1/complaints/{folio}")
        assert found.status_code == 200, found.text
        assert found.json()["description"] == text
    kept = munbot("restore", "--project", second, "--from", project, "--key", str(key), "--native", check=False)
    assert kept.returncode == 1, "it runs now, so it is not overwritten"
