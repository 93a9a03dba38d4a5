"""Procedures, offices, free hours and appointments, as the scheduler knows them."""

import re
from datetime import date, datetime
from typing import Any

from munbot_common.client import ServiceClient

from munbot_actions.services.catalogue import Kept
from munbot_actions.services.models import Appointment, Found, Hold, Office, Procedure, Slot
from munbot_actions.understanding.matching import Names


class Catalogue:
    """The procedures and offices of one tenant, and their names for matching."""

    def __init__(self, procedures: list[Procedure], offices: list[Office]) -> None:
        self.procedures = {item.id: item for item in procedures}
        self.offices = {item.id: item for item in offices}
        self.procedure_names = Names((p.id, [p.name, *p.synonyms]) for p in procedures)
        self.office_names = Names((o.id, _names_of(o)) for o in offices)

    def offices_of(self, procedure: Procedure) -> list[Office]:
        """Give the offices that do a procedure."""
        return [o for o in self.offices.values() if o.id in procedure.office_ids or procedure.id in o.procedure_ids]

    def procedures_at(self, office: str) -> list[Procedure]:
        """Give the procedures that an office does."""
        return [p for p in self.procedures.values() if office in (o.id for o in self.offices_of(p))]


class Scheduler:
    """The scheduler's REST API.

    Args:
        client: with this service's token.
        seconds: how long procedures and offices are kept.
    """

    def __init__(self, client: ServiceClient, seconds: float) -> None:
        self._client = client
        self._catalogues = Kept(self._ask_catalogue, seconds)

    def catalogue(self, tenant: str) -> Catalogue:
        """Give procedures and offices."""
        return self._catalogues.get(tenant)

    def _ask_catalogue(self, tenant: str) -> Catalogue:
        procedures = self._client.request("GET", "/v1/procedures", tenant=tenant)["items"]
        offices = self._client.request("GET", "/v1/offices", tenant=tenant)["items"]
        return Catalogue([Procedure.model_validate(p) for p in procedures], [Office.model_validate(o) for o in offices])

    def slots(
        self,
        tenant: str,
        procedure: str,
        first: date,
        last: date,
        *,
        office: str | None = None,
        part: str | None = None,
        near: str | None = None,
        limit: int = 200,
    ) -> Found:
        """Give free hours of some days, and what is known of each day.

        Args:
            tenant: whose offices.
            procedure: id.
            first: the first day.
            last: the last day.
            office: only there.
            part: `morning` or `afternoon`.
            near: `HH:MM`; the nearest come first.
            limit: how many at most.
        """
        params: dict[str, Any] = {
            "procedure_id": procedure,
            "office_id": office,
            "from": first.isoformat(),
            "to": last.isoformat(),
            "time_of_day": part,
            "near": near,
            "limit": limit,
        }
        return Found.model_validate(_slots(self._client.request("GET", "/v1/slots", tenant=tenant, params=params)))

    def nearest(
        self, tenant: str, procedure: str, at: datetime, *, office: str | None = None, limit: int = 3
    ) -> list[Slot]:
        """Give the free hours nearest to a moment."""
        params = {"procedure_id": procedure, "office_id": office, "at": at.isoformat(), "limit": limit}
        answer = self._client.request("GET", "/v1/slots/nearest", tenant=tenant, params=params)
        return [Slot.model_validate(item) for item in answer["items"]]

    def hold(self, tenant: str, procedure: str, slot: Slot, holder: str) -> Hold:
        """Keep an hour for some minutes."""
        body = {
            "procedure_id": procedure,
            "office_id": slot.office_id,
            "start": slot.start.isoformat(),
            "holder": holder,
        }
        return Hold.model_validate(self._client.request("POST", "/v1/holds", tenant=tenant, json=body))

    def release(self, tenant: str, hold: str) -> None:
        """Give an hour back."""
        self._client.request("DELETE", f"/v1/holds/{hold}", tenant=tenant)

    def book(self, tenant: str, body: dict[str, Any], key: str) -> Appointment:
        """Book; the same key and body give the same appointment."""
        answer = self._client.request("POST", "/v1/appointments", tenant=tenant, json=body, idempotency_key=key)
        return Appointment.model_validate(answer)

    def live_of(self, tenant: str, *, rut: str | None = None, conversation: str | None = None) -> list[Appointment]:
        """Give the coming appointments of a person or a conversation."""
        params = {"rut": rut, "conversation_id": conversation, "live": "true", "limit": 10}
        answer = self._client.request("GET", "/v1/appointments", tenant=tenant, params=params)
        return [Appointment.model_validate(item) for item in answer["items"]]

    def get(self, tenant: str, appointment: str) -> Appointment:
        """Give an appointment by its id."""
        return Appointment.model_validate(self._client.request("GET", f"/v1/appointments/{appointment}", tenant=tenant))

    def by_code(self, tenant: str, code: str) -> Appointment:
        """Give the appointment with a code."""
        return Appointment.model_validate(
            self._client.request("GET", f"/v1/appointments/by-code/{code}", tenant=tenant)
        )

    def cancel(self, tenant: str, appointment: str, reason: str, key: str) -> Appointment:
        """Cancel."""
        return self._act(tenant, appointment, "cancel", {"reason": reason}, key)

    def confirm(self, tenant: str, appointment: str, key: str) -> Appointment:
        """Note that the citizen will come."""
        return self._act(tenant, appointment, "confirm", {}, key)

    def reschedule(self, tenant: str, appointment: str, slot: Slot, hold: str | None, key: str) -> Appointment:
        """Move to another hour."""
        body = {"start": slot.start.isoformat(), "office_id": slot.office_id, "hold_id": hold}
        return self._act(tenant, appointment, "reschedule", {k: v for k, v in body.items() if v is not None}, key)

    def _act(self, tenant: str, appointment: str, verb: str, body: dict[str, Any], key: str) -> Appointment:
        path = f"/v1/appointments/{appointment}/{verb}"
        answer = self._client.request("POST", path, tenant=tenant, json=body, idempotency_key=key)
        return Appointment.model_validate(answer)


def _names_of(office: Office) -> list[str]:
    """Give an office's names: «Dirección de Desarrollo Comunitario (DIDECO)» is also «DIDECO»."""
    short = re.findall(r"\(([^)]+)\)", office.name)
    return [re.sub(r"\([^)]*\)", "", office.name), office.code, *short]


def _slots(answer: dict[str, Any]) -> dict[str, Any]:
    return {"slots": answer.get("items") or [], "days": answer.get("days") or []}
