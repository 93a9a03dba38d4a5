"""Secrets are exchanged for new ones with the commands of docs/runbooks/rotating-secrets.md."""

import httpx
import pytest
from e2e_support import TENANT
from munbot_common.secrets import GIVEN
from test_restarts import wait_up

pytestmark = pytest.mark.platform

# Their servers keep the first two in their own data: they are changed there first. The last one opens what MinIO holds.
KEPT = {"postgres_password", "mongo_password", "minio_kms_key"}


def secrets_of(platform):
    return {path.name: path.read_text() for path in platform.secrets_dir.iterdir() if path.is_file()}


def test_new_secrets_for_all(stack, platform, history, monkeypatch):
    before = secrets_of(platform)
    old_official_token = history.official.auth.session()["access_token"]
    old_service_token = platform.secret("service_token_actions")
    removed = [f"/run/secrets/{name}" for name in before if name not in KEPT]
    stack.run("run", "--rm", "--no-deps", "-T", "--entrypoint", "rm", "secrets", "-f", *removed)
    stack.run("up", "-d", "--force-recreate", "--wait")
    wait_up(stack)

    stack.export_secrets(platform.secrets_dir)
    after = secrets_of(platform)
    assert after.keys() == before.keys()
    assert {name for name in before if after[name] == before[name]} == KEPT | set(GIVEN)

    old_tokens = [
        history.visitor.http.headers["Authorization"],
        f"Bearer {old_official_token}",
        f"Bearer {old_service_token}",
    ]
    for path in ("scheduler/v1/appointments", "complaints/v1/complaints", "conversations/v1/conversations"):
        for token in old_tokens:
            headers = {"Authorization": token, "X-Munbot-Tenant": TENANT}
            assert httpx.get(f"{platform.base_url}/api/{path}", headers=headers, timeout=60).status_code == 401, path
    assert history.visitor.http.get("/api/chat/messages").status_code == 401

    monkeypatch.setenv("MUNBOT_TEST_DEMO_PASSWORD", after["demo_password"].strip())
    history.log_in_again()
    history.check()
