"""What is no order to the bot, and may be quoted."""

import pytest
from munbot_llm.answers.manipulation import manipulates, quotable
from munbot_llm.documents.passages import Passage


@pytest.mark.parametrize("code", ["Trompo7ee63b", "KX4B21", "4T7X-K2M9", "REC-2026-000123-K"])
def test_a_code_is_no_order_in_disguise(code):
    assert not manipulates(f"¿en qué quedó lo de {code}?")
    text = f"La ludoteca {code} presta cuatro juegos."
    assert quotable(Passage("d", "Ludoteca", "Préstamo", ("Ludoteca", "Préstamo"), text, 0))
