"""Shapes of an import."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

MAX_RECORDS = 500
Record = dict[str, Any]
Records = Annotated[list[Record], Field(min_length=1, max_length=MAX_RECORDS)]


class ComplaintsImport(BaseModel):
    """Complaints as the earlier demo kept them, and what to do where it kept less than is needed now."""

    records: Records = Field(
        examples=[
            [
                {
                    "id": 17,
                    "categoria": "Retiro de basura",
                    "departamento": "Aseo",
                    "mensaje": "No pasa el camión",
                    "nombre_denunciante": "Marcela Soto",
                    "mail": "marcela@correo.cl",
                    "ip": "10.0.0.1",
                    "rut": "15482903-2",
                }
            ]
        ]
    )
    unknown_rut: str | None = Field(
        default=None, max_length=20, description="RUT for records that have none; without it they are refused"
    )
    categories: dict[str, str] = Field(
        default_factory=dict, max_length=500, description="category code by what `categoria` says"
    )


class AppointmentsImport(BaseModel):
    """Appointments: `id`, `tramite`, `oficina`, `fecha`, `hora`, `rut`, `nombre`, `mail`, `telefono`."""

    records: Records = Field(
        examples=[
            [
                {
                    "id": 4,
                    "tramite": "licencia-b",
                    "oficina": "transito",
                    "fecha": "2026-11-24",
                    "hora": "10:15",
                    "rut": "15482903-2",
                    "nombre": "Marcela Soto",
                }
            ]
        ]
    )


class Outcome(BaseModel):
    """What became of one record; `number` is what the citizen is given: a folio or a code."""

    id: str
    outcome: Literal["imported", "known", "refused"]
    number: str | None = None
    code: str | None = Field(default=None, description="why it was refused, for programs")
    reason: str | None = Field(default=None, description="why it was refused, for people")


class Report(BaseModel):
    """What became of all of them, in their order."""

    imported: int
    known: int
    refused: int
    outcomes: list[Outcome]
