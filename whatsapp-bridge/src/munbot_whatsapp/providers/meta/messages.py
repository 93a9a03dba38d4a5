"""Our messages in the shapes of the Cloud API; YCloud takes the same."""

from typing import Any

from munbot_whatsapp.providers.base import OutboundMedia, Outgoing, Template


def content_for(message: Outgoing, media: dict[str, str] | None) -> dict[str, Any]:
    """Return `type` and what belongs to it: one of template, rows, buttons, file, location and text, in this order.

    Args:
        message: ours.
        media: where its file is: `{"id"}` of an upload or `{"link"}`.
    """
    if message.template is not None:
        return _typed("template", _template(message.template))
    if message.rows or message.buttons:
        return _typed("interactive", _interactive(message))
    if message.media is not None and media is not None:
        return _typed(message.media.kind, {**media, **_about(message.media, message.text)})
    if message.location is not None:
        return _typed("location", message.location.model_dump(exclude_none=True))
    return _typed("text", {"preview_url": False, "body": message.text})


def _typed(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, kind: content}


def _interactive(message: Outgoing) -> dict[str, Any]:
    action: dict[str, Any]
    if message.rows:
        rows = [
            {"id": row.id, "title": row.title} | ({"description": row.description} if row.description else {})
            for row in message.rows
        ]
        kind, action = "list", {"button": message.list_button, "sections": [{"rows": rows}]}
    else:
        buttons = [{"type": "reply", "reply": {"id": button.id, "title": button.title}} for button in message.buttons]
        kind, action = "button", {"buttons": buttons}
    return {"type": kind, "body": {"text": message.text}, "action": action}


def _about(media: OutboundMedia, caption: str) -> dict[str, Any]:
    if media.kind == "audio":  # takes no caption; only OGG is shown as a voice note
        return {"voice": True} if media.content_type.startswith("audio/ogg") else {}
    about = {"caption": caption} if caption else {}
    if media.kind == "document" and media.filename:
        about["filename"] = media.filename
    return about


def _template(template: Template) -> dict[str, Any]:
    components: list[dict[str, Any]] = []
    if template.parameters:
        parameters = [{"type": "text", "text": value} for value in template.parameters]
        components.append({"type": "body", "parameters": parameters})
    for index, payload in enumerate(template.buttons):
        components.append(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": [{"type": "payload", "payload": payload}],
            }
        )
    return {"name": template.name, "language": {"code": template.language}, "components": components}
