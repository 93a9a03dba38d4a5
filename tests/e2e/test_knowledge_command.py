"""./munbot knowledge, against the running platform."""

import os
import subprocess
import sys

import pytest
from e2e_support import TENANT

pytestmark = pytest.mark.platform

TEXT = """# Ordenanza de volantines

## Artículo 1°. Hilo curado

Elevar volantines con hilo curado se multa con 4 UTM en toda la comuna.
"""


@pytest.fixture
def knowledge(platform):
    """Run a subcommand; returns its exit code and words."""

    def run(*arguments, tenant=TENANT):
        project = os.environ["MUNBOT_TEST_PROJECT"]
        done = subprocess.run(
            [sys.executable, "-m", "munbot_cli", "knowledge", *arguments, "--project", project, "--tenant", tenant],
            env=os.environ | {"MUNBOT_ROOT": os.environ["MUNBOT_TEST_PROJECT_ROOT"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        return done.returncode, done.stdout + done.stderr

    yield run
    run("remove", "volantines.md")


def test_documents_are_added_shown_and_removed(knowledge, tmp_path):
    file, scan = tmp_path / "volantines.md", tmp_path / "foto.png"
    file.write_text(TEXT)
    scan.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    code, said = knowledge("add", str(file), str(scan), str(tmp_path / "nothing.pdf"))
    assert code == 1
    assert "✓ volantines.md" in said
    assert "document_kind_unsupported" in said
    assert "cannot be read" in said

    code, said = knowledge("add", str(file))
    assert (code, "unchanged" in said) == (0, True)
    code, said = knowledge("list")
    assert code == 0, said
    assert "volantines.md" in said
    code, said = knowledge("show", "volantines.md")
    assert (code, "hilo curado se multa con 4 UTM" in said) == (0, True)

    code, said = knowledge("remove", "volantines.md")
    assert (code, "removed" in said) == (0, True)
    code, said = knowledge("show", "volantines.md")
    assert (code, "there is no document" in said) == (1, True)


def test_the_command_answers_for_its_own_tenant_only(knowledge, tmp_path):
    file = tmp_path / "volantines.md"
    file.write_text(TEXT)
    assert knowledge("add", str(file))[0] == 0
    code, said = knowledge("show", "volantines.md", tenant="punta-brava")
    assert (code, "there is no document" in said) == (1, True)
