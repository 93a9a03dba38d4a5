"""Every code of the Cloud API that we know, and what is done about it."""

import pytest
from munbot_whatsapp.providers.base import Decision
from munbot_whatsapp.providers.meta.errors import VERDICTS, verdict_of

DECISIONS = {
    Decision.RETRY: [1, 2, 131000, 131016, 133004],
    Decision.WAIT_CITIZEN: [131056],
    Decision.WAIT_ACCOUNT: [4, 80007, 130429, 131057],
    Decision.STOP: [
        0, 3, 10, 33, 190, *range(200, 300), 368, 131005, 131031, 131037, 131042, 131045, 131048, 133010,
    ],
    Decision.WINDOW_CLOSED: [131047],
    Decision.PERMANENT: [
        100, 130472, 130497, 131008, 131009, 131021, 131026, 131049, 131050, 131051, 131052, 131053, 131062, 132000,
        132001, 132005, 132007, 132012, 132015, 132016, 135000,
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "code"), [(decision, code) for decision, codes in DECISIONS.items() for code in codes]
)
def test_every_code_has_its_decision(decision, code):
    assert verdict_of(str(code)).decision is decision


def test_no_code_is_forgotten():
    assert {code for codes in DECISIONS.values() for code in codes} == set(VERDICTS)


@pytest.mark.parametrize("code", [4, 80007, 130429, 131056, 131057])
def test_limits_say_how_long(code):
    assert verdict_of(str(code)).wait > 0


@pytest.mark.parametrize("code", ["", "unknown", "-1", "1.5", "9" * 30, "١٣", "999999"])
def test_what_is_no_known_code(code):
    assert verdict_of(code) is None
