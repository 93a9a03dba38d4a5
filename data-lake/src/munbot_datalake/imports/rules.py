"""From the earlier demo's records to requests of today's services."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from munbot_datalake.imports.schemas import Record
from munbot_datalake.texts import say

CHANNEL = "import"


class RecordRefused(Exception):
    """A record cannot become a request; the message says why, to people."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


def plain(text: str) -> str:
    """Return a text without accents, case and doubled spaces, to compare by."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(bare.casefold().replace("_", " ").split())


def category_names(tree: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return category codes by every word that names them: code, name, synonyms.

    A word of a category and of one below it names the one below; what names two others names none.
    """
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for node in _walk(tree):  # from above to below
        for word in {plain(node["code"]), plain(node["name"]), *map(plain, node["synonyms"])}:
            if word in found and not node["code"].startswith(f"{found[word]}."):
                unclear.add(word)
            found[word] = node["code"]
    return {word: code for word, code in found.items() if word not in unclear}


def record_id(record: Record) -> str:
    """Return a record's id as text.

    Raises:
        RecordRefused: it has none.
    """
    value = record.get("id", record.get("_id"))
    if isinstance(value, Mapping):  # MongoDB's own export
        value = value.get("$oid")
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    if not 1 <= len(text) <= 100:
        raise RecordRefused("id_missing", say("import.id"))
    return text


def new_id(record: Record, seen: Collection[str]) -> str:
    """Return a record's id, which no record before it has.

    Raises:
        RecordRefused: it has none, or one that was seen.
    """
    key = record_id(record)
    if key in seen:
        raise RecordRefused("id_repeated", say("import.repeated"))
    return key


def complaint(
    record: Record, categories: Mapping[str, str], given: Mapping[str, str], unknown_rut: str | None
) -> dict[str, Any]:
    """Return the request that registers a record's complaint. Its IP address is left behind.

    Args:
        record: of the earlier demo.
        categories: codes by `plain` words, from `category_names`.
        given: codes by what `categoria` says, from the operator.
        unknown_rut: for a record that has no RUT.

    Raises:
        RecordRefused: something is missing.
    """
    wanted = _text(record, "categoria")
    code = given.get(wanted) or categories.get(plain(wanted)) or categories.get(plain(_text(record, "departamento")))
    if code is None:
        raise RecordRefused("category_unknown", say("import.category", category=wanted))
    message = _text(record, "mensaje")
    if not message:
        raise RecordRefused("message_missing", say("import.message"))
    rut = _text(record, "rut") or _text(record, "run") or unknown_rut
    if not rut:
        raise RecordRefused("rut_missing", say("import.rut"))
    return {
        "category": code,
        "description": message,
        "citizen": {
            "rut": rut,
            "name": _text(record, "nombre_denunciante") or None,
            "email": _text(record, "mail") or None,
            "phone": _text(record, "telefono") or None,
        },
        "channel": CHANNEL,
    }


def appointment(record: Record, zone: ZoneInfo) -> dict[str, Any]:
    """Return the request that books a record's appointment.

    Args:
        record: of the earlier demo.
        zone: where its date and time are meant, unless they say so themselves.

    Raises:
        RecordRefused: something is missing.
    """
    for name in ("tramite", "rut", "nombre"):
        if not _text(record, name):
            raise RecordRefused(f"{name}_missing", say("import.field", field=name))
    try:
        start = datetime.fromisoformat(f"{_text(record, 'fecha')} {_text(record, 'hora')}".strip())
    except ValueError as error:
        raise RecordRefused("time_invalid", say("import.time")) from error
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    return {
        "procedure_id": _text(record, "tramite"),
        "office_id": _text(record, "oficina") or None,
        "start": start.isoformat(),
        "citizen": {
            "rut": _text(record, "rut"),
            "name": _text(record, "nombre"),
            "email": _text(record, "mail") or None,
            "phone": _text(record, "telefono") or None,
        },
        "channel": CHANNEL,
    }


def _walk(nodes: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for node in nodes:
        if node["active"]:
            yield node
            yield from _walk(node["children"])


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
