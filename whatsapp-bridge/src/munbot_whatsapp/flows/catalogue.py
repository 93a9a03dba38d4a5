"""The flows of `resources/flows.yml`: messages that the office begins."""

import json
from collections.abc import Mapping
from functools import cache
from string import Template as Words

from munbot_contracts.envelope import Contract
from munbot_contracts.messages import Button
from pydantic import Field

from munbot_whatsapp.deliveries.contents import Content, StoredTemplate
from munbot_whatsapp.texts import resource


class Flow(Contract):
    """A message with places for data.

    Attributes:
        template: its name at the provider.
        language: of the template.
        data: names of what has to be given, in the order of the template's parameters.
        text: the words, with `${name}` for each.
        buttons: with `${name}` in their payloads, which are JSON.
    """

    template: str
    language: str
    data: list[str]
    text: str
    buttons: list[Button] = Field(default_factory=list)

    def fill(self, data: Mapping[str, str]) -> Content:
        """Return the message with its data, which is complete."""
        values = {name: " ".join(data[name].split()) for name in self.data}
        escaped = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
        buttons = [
            Button(title=button.title, payload=Words(button.payload).substitute(escaped)) for button in self.buttons
        ]
        return Content(
            text=Words(self.text).substitute(values),
            buttons=buttons,
            template=StoredTemplate(
                name=self.template,
                language=self.language,
                parameters=[values[name] for name in self.data],
                buttons=[button.payload for button in buttons],
            ),
        )


@cache
def flows() -> Mapping[str, Flow]:
    """Return all flows by name."""
    return {name: Flow.model_validate(flow) for name, flow in resource("flows").items()}
