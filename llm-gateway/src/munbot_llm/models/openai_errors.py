"""Problems as OpenAI's clients expect them: our document with OpenAI's `error` object as one more member.

RFC 9457 allows further members, so one body serves both kinds of callers.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from munbot_common.logs import correlation_id
from munbot_common.problems import MEDIA_TYPE, PayloadTooLarge, Problem, Unprocessable, problem_body
from munbot_common.validation import field_errors

MAX_BYTES = 4 * 1024 * 1024  # of a request: more than any context takes, and all of it is read into memory
_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_CODES = {"prompt_too_long": "context_length_exceeded", "token_invalid": "invalid_api_key"}


def error_object(problem: Problem) -> dict[str, Any]:
    """Return OpenAI's `error` object of a problem."""
    status = _status(problem)
    usual = "invalid_request_error" if status < 500 else "server_error"
    field = problem.errors[0]["field"] if problem.errors else None
    message = problem.detail
    if problem.errors:
        message = "; ".join(f"{item['field']}: {item['detail']}" for item in problem.errors[:5])
    return {
        "message": message,
        "type": _KINDS.get(status, usual),
        "param": field,
        "code": _CODES.get(problem.code, problem.code),
    }


def _status(problem: Problem) -> int:
    """OpenAI says 400 where we say 422."""
    return 400 if problem.status == Unprocessable.status else problem.status


class OpenAIRoute(APIRoute):
    """A route whose refusals the `openai` client understands."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the usual handler, with its problems answered here."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                _check_size(request)
                return await handle(request)
            except RequestValidationError as error:
                problem: Problem = Unprocessable("La solicitud no es válida", errors=field_errors(error.errors()))
            except Problem as error:
                problem = error
            body = problem_body(problem, instance=request.url.path, correlation_id=correlation_id.get())
            status = _status(problem)
            return JSONResponse(
                {**body, "status": status, "error": error_object(problem)},
                status_code=status,
                media_type=MEDIA_TYPE,
                headers=problem.headers,
            )

        return answer


def _check_size(request: Request) -> None:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise PayloadTooLarge
