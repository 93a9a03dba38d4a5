"""Volumes outlive the containers: `down` and `up`, and new images over old data."""

import pytest
from test_restarts import wait_up

pytestmark = pytest.mark.platform


def test_down_and_up_again(stack, history):
    stack.run("down")
    assert not stack.containers()
    stack.run("up", "-d", "--wait")
    wait_up(stack)
    history.check()


def test_new_images_over_the_old_volumes(stack, history):
    before = stack.containers()
    newer = {"MUNBOT_VERSION": f"{stack.name}-next"}
    stack.run("build", settings=newer, minutes=20)
    stack.run("up", "-d", "--force-recreate", "--wait", settings=newer)
    after = stack.containers()
    assert after.keys() == before.keys()
    assert all(after[name].details["Id"] != before[name].details["Id"] for name in before)
    ours = {name for name, found in after.items() if found.details["Config"]["Image"].endswith("-next")}
    assert {"scheduler", "complaints-api", "conversations", "rasa", "rasa-actions", "web-interface", "nginx"} <= ours
    wait_up(stack)
    history.check()
