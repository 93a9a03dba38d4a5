"""Messages told several times, in any order, while processes die: each has exactly one effect."""

import os
import random
import time
from pathlib import Path

import httpx
import pytest
from citizens import Plan, write_all
from judgement import judge
from killer import VICTIMS, Killer
from processes import Processes, wait_healthy
from records import Records

pytestmark = pytest.mark.platform

FAULTS = {"duplicate": 5, "duplicate_at_random": True, "shuffle": True, "hold_ms": 1000}
MOST_NAMED = 40


@pytest.fixture(scope="module")
def simulator():
    found = os.environ.get("MUNBOT_TEST_SIMULATOR_URL")
    if not found:
        pytest.skip("MUNBOT_TEST_SIMULATOR_URL is not set: ./munbot test chaos starts the platform and sets it")
    return found


@pytest.fixture(scope="module")
def processes(simulator):
    found = Processes.of_platform()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def plan():
    messages = int(os.environ.get("MUNBOT_CHAOS_MESSAGES") or 2000)
    citizens = int(os.environ.get("MUNBOT_CHAOS_CITIZENS") or max(1, min(50, messages // 40)))
    seed = int(os.environ.get("MUNBOT_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    return Plan(messages, citizens, seed)


@pytest.fixture
def faulty(simulator):
    """A provider that tells everything several times, in any order. Calling it ends the waits of its own retries."""
    address = f"{simulator}/simulator/api/faults"

    def put(faults=FAULTS):
        httpx.put(address, json=faults, timeout=60).raise_for_status()

    put()
    yield put
    put({})


def _tell(lines):
    """Print a report, and leave it where the command finds it."""
    report = "\n".join(lines)
    print(f"\n{report}")
    if path := os.environ.get("MUNBOT_CHAOS_REPORT"):
        Path(path).write_text(f"{report}\n", encoding="utf-8")


def test_every_message_has_exactly_one_effect(simulator, processes, plan, faulty):
    records, started = Records(simulator, plan.phones()), time.monotonic()
    told_before = records.webhooks()
    with Killer(processes, plan.seed, faulty) as killer:
        written = write_all(simulator, plan)
    wrote = time.monotonic() - started
    wait_healthy("after the last kill", 300)
    faulty()
    still_open = records.wait_for_rest(len(written))
    verdict = judge(written, records.stored(written), records.parts(), records.shown(), records.set_aside())
    told = records.webhooks() - told_before
    _tell(
        [
            f"seed {plan.seed}: {plan.messages} messages of {plan.citizens} citizens",
            f"written in {wrote:.0f} s, at rest after {time.monotonic() - started:.0f} s",
            "kill -9: " + ", ".join(f"{name} {killer.kills[name]}" for name in VICTIMS),
            "webhooks by answer: " + ", ".join(f"{answer} {count}" for answer, count in sorted(told.items())),
            *(f"{count:7,d}  {what}" for what, count in verdict.counts.items()),
            *([f"STILL OPEN: {still_open}"] if still_open else []),
            *(f"VIOLATION: {violation}" for violation in verdict.violations[:MOST_NAMED]),
        ]
    )
    assert not still_open
    assert not verdict.violations
    assert len(written) == plan.messages
    assert told["taken"] > len(written)
    assert set(killer.kills) == set(VICTIMS)
