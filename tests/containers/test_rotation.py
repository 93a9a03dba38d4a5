"""All secrets but those that live inside a store are exchanged for new ones, as docs/runbooks tells an operator to."""

import pytest
from e2e_support import TENANT
from test_restarts import wait_up

pytestmark = pytest.mark.platform

# The stores keep these in their own data (and the people theirs in the logins): they are changed there, not here.
KEPT = ("postgres_password", "mongo_password", "demo_password")


def test_new_secrets_for_all(stack, platform, history):
    names = {path.name: path.read_text() for path in platform.secrets_dir.iterdir() if path.is_file()}
    old_service_token = platform.secret("service_token_actions")
    keep = " ".join(f"! -name {name}" for name in KEPT)
    remove = f"find /run/secrets -maxdepth 1 -type f {keep} -delete"
    stack.run("run", "--rm", "-T", "--entrypoint", "sh", "secrets", "-c", remove)
    stack.run("run", "--rm", "-T", "secrets")
    stack.run("up", "-d", "--force-recreate", "--wait")
    wait_up(stack)

    stack.export_secrets(platform.secrets_dir)
    now = {path.name: path.read_text() for path in platform.secrets_dir.iterdir() if path.is_file()}
    assert now.keys() == names.keys()
    assert {name for name in names if now[name] == names[name]} == set(KEPT)

    assert history.official.get("/api/conversations/v1/auth/me").status_code == 401
    assert history.visitor.http.get("/api/chat/messages").status_code == 401
    stale = {"Authorization": f"Bearer {old_service_token}", "X-Munbot-Tenant": TENANT}
    for path in ("/api/scheduler/v1/appointments", "/api/complaints/v1/complaints"):
        assert history.official.get(path, headers=stale).status_code == 401
    history.log_in_again()
    history.check()
