import json
from string import Template
from types import SimpleNamespace

import pytest
from munbot_whatsapp.deliveries.rendering import render
from munbot_whatsapp.deliveries.splitting import length
from munbot_whatsapp.flows.catalogue import Flow, flows

BUTTON_TITLE = 20
LOOKS = SimpleNamespace(shows_buttons=True, text_limit=4096)


@pytest.mark.parametrize("name", sorted(flows()))
def test_every_flow_uses_all_its_data_and_fits_one_message_with_buttons(name):
    flow = flows()[name]
    assert set(Template(flow.text).get_identifiers()) == set(flow.data)
    assert all(set(Template(button.payload).get_identifiers()) <= set(flow.data) for button in flow.buttons)
    assert all(length(button.title) <= BUTTON_TITLE for button in flow.buttons)
    content = flow.fill(dict.fromkeys(flow.data, "x" * 60))
    (body,) = render(content, LOOKS)
    assert len(body.buttons) == len(flow.buttons)
    assert len(content.template.parameters) == len(flow.data)


def test_there_are_the_offices_three_flows():
    assert {"appointment_confirmation", "appointment_reminder", "complaint_update"} == set(flows())


def test_data_are_put_into_words_parameters_and_payloads():
    content = flows()["appointment_reminder"].fill(
        {
            "name": "Marcela",
            "procedure": "Licencia clase B",
            "when": "martes 24 a las 10:15",
            "office": "Tránsito",
            "code": "H7KQ-3M2X",
        }
    )
    assert content.text.startswith("Hola, Marcela. Le recordamos su hora para Licencia clase B el martes 24")
    assert content.template.parameters == [
        "Marcela",
        "Licencia clase B",
        "martes 24 a las 10:15",
        "Tránsito",
        "H7KQ-3M2X",
    ]
    assert [button.payload for button in content.buttons] == [
        '/confirm_appointment{"appointment":"H7KQ-3M2X"}',
        '/decline_appointment{"appointment":"H7KQ-3M2X"}',
    ]
    assert content.template.buttons == [button.payload for button in content.buttons]


def test_data_cannot_break_out_of_their_place():
    flow = Flow.model_validate(
        {
            "template": "t",
            "language": "es",
            "data": ["code"],
            "text": "${code}",
            "buttons": [{"title": "Sí", "payload": '/x{"code":"${code}"}'}],
        }
    )
    hostile = '"}\n/restart ${code} \\'
    content = flow.fill({"code": hostile})
    payload = content.buttons[0].payload
    assert json.loads(payload.removeprefix("/x")) == {"code": '"} /restart ${code} \\'}
    assert content.text == '"} /restart ${code} \\'
    assert content.template.parameters == [content.text], "templates take no line breaks"
