"""What pydantic finds wrong, said in Spanish."""

from collections.abc import Iterable, Mapping
from typing import Any

_SENTENCES = {
    "missing": "Falta este dato",
    "extra_forbidden": "Este dato no se espera aquí",
    "json_invalid": "El contenido no es JSON válido",
    "string_too_long": "El texto es demasiado largo (máximo {max_length})",
    "string_too_short": "El texto es demasiado corto (mínimo {min_length})",
    "string_pattern_mismatch": "El texto no tiene el formato esperado",
    "string_type": "Debe ser un texto",
    "string_unicode": "El texto contiene caracteres no permitidos",
    "int_parsing": "Debe ser un número entero",
    "int_type": "Debe ser un número entero",
    "float_parsing": "Debe ser un número",
    "bool_parsing": "Debe ser verdadero o falso",
    "uuid_parsing": "No es un identificador válido",
    "uuid_type": "No es un identificador válido",
    "date_parsing": "No es una fecha válida (AAAA-MM-DD)",
    "date_from_datetime_parsing": "No es una fecha válida (AAAA-MM-DD)",
    "datetime_parsing": "No es una fecha y hora válida (ISO 8601)",
    "datetime_from_date_parsing": "No es una fecha y hora válida (ISO 8601)",
    "timezone_aware": "La fecha y hora debe indicar su zona horaria",
    "time_parsing": "No es una hora válida (HH:MM)",
    "enum": "No es una de las opciones",
    "literal_error": "No es una de las opciones",
    "greater_than": "Debe ser mayor que {gt}",
    "greater_than_equal": "Debe ser al menos {ge}",
    "less_than": "Debe ser menor que {lt}",
    "less_than_equal": "Debe ser a lo más {le}",
    "list_type": "Debe ser una lista",
    "too_long": "Son demasiados elementos",
    "too_short": "Faltan elementos",
    "model_attributes_type": "Debe ser un objeto",
}
_UNKNOWN = "El valor no es válido"


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return `[{field, code, detail}]` from pydantic's error list; never the value itself, which may be personal."""
    found = []
    for error in errors:
        kind = str(error["type"])
        context = error.get("ctx") or {}
        if kind == "value_error":
            detail = str(context.get("error", _UNKNOWN))
        elif "message" in context:  # a PydanticCustomError of ours
            detail = str(context["message"])
        else:
            detail = _SENTENCES.get(kind, _UNKNOWN).format_map(context)
        location = [str(part) for part in error["loc"] if part not in {"body", "query", "path", "header"}]
        found.append({"field": ".".join(location), "code": kind, "detail": detail})
    return found
