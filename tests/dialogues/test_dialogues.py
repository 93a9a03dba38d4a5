"""Every conversation of `conversaciones/`, through the running platform. README.md explains their language."""

import pytest
from dialogue_phone import Phone
from dialogue_support import Citizen, Dialogue, load_all

CONVERSATIONS = load_all()


def test_there_are_enough():
    names = [conversation["nombre"] for conversation in CONVERSATIONS]
    assert len(names) == len(set(names)), "two conversations have the same name"
    assert len(names) >= 30


@pytest.mark.platform
@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=[c["nombre"] for c in CONVERSATIONS])
def test_dialogue(conversation, base_url, offices):
    tenant = conversation.get("municipio", "valle-claro")
    office = offices(tenant)
    on_phone = conversation.get("canal") == "whatsapp"
    citizen = Phone(base_url, office) if on_phone else Citizen(base_url, tenant)
    dialogue = Dialogue(conversation, base_url, office, citizen)
    dialogue.run()
