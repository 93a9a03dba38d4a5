"""Errors as RFC 9457 `application/problem+json`: `detail` in Spanish for people, `code` in English for machines.

    Problem
    ├── BadRequest           400
    ├── Unauthorized         401
    ├── Forbidden            403
    ├── NotFound             404
    ├── Conflict             409
    ├── PreconditionFailed   412
    ├── PayloadTooLarge      413
    ├── Unprocessable        422
    ├── TooManyRequests      429
    └── Unavailable          503

A service derives its own from these and gives them a `code` and a `title`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://munbot.cl/problems/"
PROBLEM_REF = "#/components/schemas/ProblemBody"


class Problem(Exception):
    """Something that the caller should be told.

    Args:
        detail: one sentence in Spanish about this occurrence.
        errors: what is wrong with which field: `[{"field", "code", "detail"}]`.
        extra: further members of the body, such as alternatives.
        headers: further response headers, such as Retry-After.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Error interno"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[dict[str, Any]] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class BadRequest(Problem):
    """The request cannot be understood."""

    status = 400
    code = "bad_request"
    title = "Solicitud no válida"


class Unauthorized(Problem):
    """There is no valid token."""

    status = 401
    code = "unauthorized"
    title = "Debe iniciar sesión"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status = 403
    code = "forbidden"
    title = "No tiene permiso para esta operación"


class NotFound(Problem):
    """No such thing, or not in the caller's tenant."""

    status = 404
    code = "not_found"
    title = "No existe"


class Conflict(Problem):
    """The present state does not allow it."""

    status = 409
    code = "conflict"
    title = "El estado actual no lo permite"


class PreconditionFailed(Problem):
    """Somebody else changed it in between."""

    status = 412
    code = "precondition_failed"
    title = "Otra persona lo modificó antes"


class PayloadTooLarge(Problem):
    """The body is larger than allowed."""

    status = 413
    code = "payload_too_large"
    title = "El contenido es demasiado grande"


class Unprocessable(Problem):
    """Well-formed, but its content is not acceptable."""

    status = 422
    code = "invalid"
    title = "Los datos no son válidos"


class TooManyRequests(Problem):
    """Slower, please."""

    status = 429
    code = "too_many_requests"
    title = "Demasiadas solicitudes"


class Unavailable(Problem):
    """Something that we depend on is away."""

    status = 503
    code = "unavailable"
    title = "El servicio no está disponible por el momento"


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class ProblemBody(BaseModel):
    """The body of every error answer (RFC 9457 section 3)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=[f"{TYPE_BASE}not_found"])
    title: str
    status: int
    detail: str
    instance: str
    code: str
    correlation_id: str
    errors: list[FieldError] | None = None


def problem_body(problem: Problem, *, instance: str, correlation_id: str) -> dict[str, Any]:
    """Return the JSON body of a problem."""
    body: dict[str, Any] = {
        "type": f"{TYPE_BASE}{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "code": problem.code,
        "correlation_id": correlation_id,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return body | problem.extra


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` argument of a route that can raise these problems.

    They refer to the component that `create_service_app` puts into the OpenAPI document.
    """
    codes: dict[int, list[str]] = {}
    for problem in problems:
        codes.setdefault(problem.status, []).append(problem.code)
    return {
        status: {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(sorted(set(names)))}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}},
        }
        for status, names in codes.items()
    }
