"""The squares of the offices' maps, asked of a real nginx with our templates and the folder of the setting."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import httpx
import pytest
from munbot_cli.native.context import Context
from munbot_cli.native.proxy import prepare_nginx
from munbot_cli.ports import port_is_taken
from munbot_cli.project import Project
from munbot_common.secrets import generate_secrets

PICTURE = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture(scope="module")
def folder():
    """A folder that nginx's own user can walk to, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="munbot-nginx-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="module")
def door(folder):
    """A client of an nginx that has nothing behind it but tiles."""
    if shutil.which("nginx") is None:
        pytest.skip("there is no nginx: ./munbot test installs it")
    tiles = folder / "tiles"
    for path, content in {
        "12/1237/2451.png": PICTURE,
        "punta-brava/3/1/2.webp": PICTURE,
        "12/1237/.hidden.png": PICTURE,
        "index.html": b"<script>alert(1)</script>",  # QGIS leaves a page beside its tiles
    }.items():
        (tiles / path).parent.mkdir(parents=True, exist_ok=True)
        (tiles / path).write_bytes(content)
    (folder / "secret.png").write_bytes(b"outside of the folder")
    base = next(
        base for base in range(22_000, 32_000, 200) if not any(port_is_taken(base + n, "0.0.0.0") for n in (80, 81, 82))
    )
    settings = {"MUNBOT_DATA_DIR": str(folder / "data"), "MUNBOT_TILES_DIR": str(tiles)}
    project = Project.load("tiles-test", environment=settings, port_base=base)
    generate_secrets(project.secrets)
    prepare_nginx(Context(project))
    address = f"http://127.0.0.1:{project.port('nginx', 8080)}"
    places = ["-c", str(project.run / "nginx" / "nginx.conf"), "-p", str(project.data / "nginx"), "-e", "stderr"]
    process = subprocess.Popen(["nginx", *places])
    try:
        with httpx.Client(base_url=address) as client:
            wait_for(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(client, process):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/health/nginx").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx did not start")


@pytest.mark.parametrize(
    ("path", "kind"), [("/tiles/12/1237/2451.png", "image/png"), ("/tiles/punta-brava/3/1/2.webp", "image/webp")]
)
def test_a_tile_is_given_and_kept_by_the_browser(door, path, kind):
    answer = door.get(path)
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=604800"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = door.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_tile_that_nobody_made_is_an_empty_404_which_no_browser_keeps(door):
    answer = door.get("/tiles/12/1237/9999.png")
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/",
        "/tiles/12",
        "/tiles/12/",
        "/tiles/12/1237/",
        "/tiles/index.html",
        "/tiles/12/1237/.hidden.png",
        "/tiles/..%2Fsecret.png",
        "/tiles/12/..%2F..%2Fsecret.png",
    ],
)
def test_nothing_but_pictures_is_given_and_no_folder_is_listed(door, path):
    answer = door.get(path)
    assert answer.status_code in {400, 404}, answer.text
    assert "2451" not in answer.text
    assert "alert" not in answer.text
    assert "outside" not in answer.text


def test_tiles_are_only_read(door):
    for method in ("POST", "PUT", "DELETE"):
        answer = door.request(method, "/tiles/12/1237/2451.png")
        assert answer.status_code == 405
        assert answer.json()["code"] == "method_not_allowed"
    assert door.get("/tiles/12/1237/2451.png").content == PICTURE
