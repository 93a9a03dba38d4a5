"""The newest backup works: a second platform of empty containers is brought back from it, used, and removed."""

import json
import subprocess

import pytest

pytestmark = pytest.mark.platform

MINUTES = 15


@pytest.fixture
def munbot(stack):
    """Callable: run ./munbot on this project as an operator does, and give the JSON that it printed."""

    def run(*arguments):
        done = subprocess.run(
            [str(stack.root / "munbot"), *arguments, "--project", stack.name],
            env=stack.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MINUTES * 60,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if "--json" in arguments else None

    return run


def test_the_recovery_drill_is_good(stack, munbot, history, tmp_path):
    key = tmp_path / "recovery.txt"
    munbot("recovery-key", "--out", str(key))
    saved = munbot("backup", "--json")
    assert (saved["secrets"], saved["missing_files"]) == (True, 0)
    drill = munbot("recovery-drill", "--key", str(key), "--json")
    assert (drill["passed"], drill["backup"], drill["different"]) == (True, saved["name"], [])
    assert drill["compared"] > 50
    assert drill["booked"]
    assert drill["folio"]
    labels = f"label=com.docker.compose.project={stack.name}-drill"
    assert stack.docker("ps", "-aq", "--filter", labels).split() == []
    assert stack.docker("volume", "ls", "-q", "--filter", labels).split() == []
    history.check()  # the first one went on as it was
    noted = munbot("backups", "--json")["drills"][0]
    assert (noted["passed"], noted["backup"]) == (True, saved["name"])
