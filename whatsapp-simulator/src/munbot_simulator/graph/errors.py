"""Errors as the Graph API answers them (support/error-codes in Meta's documentation)."""

import secrets
from typing import Any

# code: (HTTP status, message, type)
_KNOWN: dict[int, tuple[int, str, str]] = {
    0: (401, "AuthException", "OAuthException"),
    2: (503, "An unexpected error has occurred. Please retry your request later.", "OAuthException"),
    4: (400, "(#4) Application request limit reached", "OAuthException"),
    10: (403, "(#10) Application does not have permission for this action", "OAuthException"),
    100: (400, "(#100) Invalid parameter", "OAuthException"),
    190: (401, "Invalid OAuth access token - Cannot parse access token", "OAuthException"),
    200: (403, "(#200) Permissions error", "OAuthException"),
    368: (403, "(#368) Temporarily blocked for policies violations", "OAuthException"),
    80007: (400, "(#80007) Rate limit issues", "OAuthException"),
    130429: (429, "(#130429) Rate limit hit", "OAuthException"),
    131000: (500, "(#131000) Something went wrong", "OAuthException"),
    131008: (400, "(#131008) Required parameter is missing", "OAuthException"),
    131009: (400, "(#131009) Parameter value is not valid", "OAuthException"),
    131016: (500, "(#131016) Service unavailable", "OAuthException"),
    131026: (400, "(#131026) Message undeliverable", "OAuthException"),
    131031: (403, "(#131031) Business Account locked", "OAuthException"),
    131047: (400, "(#131047) Re-engagement message", "OAuthException"),
    131048: (400, "(#131048) Spam rate limit hit", "OAuthException"),
    131049: (400, "(#131049) Message not delivered to maintain healthy ecosystem engagement", "OAuthException"),
    131051: (400, "(#131051) Unsupported message type", "OAuthException"),
    131052: (400, "(#131052) Media download error", "OAuthException"),
    131053: (400, "(#131053) Media upload error", "OAuthException"),
    131056: (429, "(#131056) (Business Account, Consumer Account) pair rate limit hit", "OAuthException"),
    132000: (400, "(#132000) Number of parameters does not match the expected number of params", "OAuthException"),
    132001: (404, "(#132001) Template name does not exist in the translation", "OAuthException"),
}


class GraphError(Exception):
    """A call that Meta would refuse.

    Args:
        code: Meta's; an unknown one is answered 400.
        details: what exactly is wrong.
        status: another HTTP status than usual.
    """

    def __init__(self, code: int, details: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{code} {details}")
        usual, self.message, self.type = _KNOWN.get(code, (400, f"(#{code}) Error", "OAuthException"))
        self.code = code
        self.status = status or usual
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": error | {"fbtrace_id": secrets.token_urlsafe(16)}}


class ObjectUnknown(GraphError):
    """No such number, or file."""

    def __init__(self, object_id: str) -> None:
        super().__init__(100)
        self.message = (
            f"Unsupported request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation"
        )
        self.type = "GraphMethodException"
