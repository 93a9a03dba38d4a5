import threading

import pytest
from munbot_cli.errors import GivenUp, MunbotError
from munbot_cli.native.graph import Step, run_steps


def test_each_step_comes_after_what_it_needs():
    order = []
    lock = threading.Lock()

    def note(name):
        def action(_failed):
            with lock:
                order.append(name)

        return action

    needs = {
        "nginx": ("api", "web"),
        "api": ("migrate",),
        "web": (),
        "migrate": ("postgres",),
        "postgres": ("not here",),
    }
    run_steps(Step(name, note(name), wanted) for name, wanted in needs.items())
    assert sorted(order) == sorted(needs)
    for name, wanted in needs.items():
        assert all(order.index(need) < order.index(name) for need in wanted if need in needs)


def test_independent_steps_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=10)
    run_steps(Step(name, lambda _failed: meeting.wait() and None) for name in "abc")


def test_the_first_failure_is_told_and_what_needs_it_never_starts():
    started = []

    def fail(_failed):
        raise MunbotError("the disk is full")

    with pytest.raises(MunbotError, match="the disk is full"):
        run_steps([Step("a", fail), Step("b", lambda _failed: started.append("b"), ("a",))])
    assert started == []


def test_steps_under_way_learn_of_the_failure_and_it_stays_the_cause():
    waiting = threading.Event()

    def wait(failed):
        waiting.set()
        assert failed.wait(10)
        raise GivenUp("slow was given up")

    def fail(_failed):
        assert waiting.wait(10)
        raise MunbotError("the cause")

    with pytest.raises(MunbotError, match="the cause"):
        run_steps([Step("slow", wait), Step("broken", fail)])


def test_a_circle_is_refused_before_anything_runs():
    started = []
    steps = [Step("a", started.append, ("b",)), Step("b", started.append, ("a",))]
    with pytest.raises(MunbotError, match="wait for each other"):
        run_steps(steps)
    assert started == []


def test_what_other_steps_wait_for_is_ended():
    ended = threading.Event()
    waiting = threading.Event()

    def build(_failed):
        waiting.set()
        assert ended.wait(10)
        raise GivenUp("the build was given up")

    def fail(_failed):
        assert waiting.wait(10)
        raise MunbotError("the cause")

    with pytest.raises(MunbotError, match="the cause"):
        run_steps([Step("build", build), Step("broken", fail)], give_up=ended.set)
