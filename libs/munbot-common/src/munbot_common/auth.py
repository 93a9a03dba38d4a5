"""Who calls: EdDSA tokens with tenant and role, signed by conversations, verified everywhere with the public key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

import jwt
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from munbot_common.clock import Clock, utc_now
from munbot_common.ids import uuid7
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable

ISSUER = "munbot"
AUDIENCE = "munbot"
ALGORITHM = "EdDSA"
TENANT_HEADER = "X-Munbot-Tenant"
LEEWAY_SECONDS = 5


class Role(StrEnum):
    """What a caller may do: three kinds of officials, our own services, and a citizen in a chat."""

    ADMIN = "admin"
    AGENT = "agent"
    VIEWER = "viewer"
    SERVICE = "service"
    VISITOR = "visitor"


class TokenInvalid(Unauthorized):
    """The token is missing, forged, stale or not ours."""

    code = "token_invalid"
    title = "La sesión no es válida o ha vencido"


class TenantMissing(Unprocessable):
    """A service must say for which tenant it acts."""

    code = "tenant_missing"
    title = f"Falta el encabezado {TENANT_HEADER}"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request."""

    subject: str
    role: Role
    tenant: str
    conversation_id: UUID | None = None
    session_version: int = 0
    """Of an official: which of their sessions count. A changed password begins a new one (claim `ver`)."""
    logged_in_at: datetime | None = None
    """Of an official: when the password was given, however often the token was renewed (claim `auth_time`)."""

    STAFF: ClassVar[frozenset[Role]] = frozenset({Role.ADMIN, Role.AGENT, Role.VIEWER})

    @property
    def is_staff(self) -> bool:
        """Whether the caller is an official."""
        return self.role in self.STAFF

    def check_conversation(self, conversation_id: UUID | None) -> None:
        """Let a citizen see only what belongs to their own conversation.

        Raises:
            NotFound: a visitor asks for somebody else's.
        """
        if self.role is Role.VISITOR and conversation_id != self.conversation_id:
            raise NotFound


class TokenSigner:
    """Signs tokens. Only conversations and the secrets generator hold the private key."""

    def __init__(self, private_key_pem: str, clock: Clock = utc_now) -> None:
        self._key = private_key_pem
        self._clock = clock

    def issue(
        self,
        *,
        subject: str,
        role: Role,
        tenant: str | None,
        lifetime: timedelta,
        conversation_id: UUID | None = None,
        session_version: int = 0,
        logged_in_at: datetime | None = None,
    ) -> str:
        """Return a signed token. A service's token has no tenant: it names one with each call.

        `auth_time` is OpenID Connect's claim: when the person gave a password, in seconds since 1970.
        """
        now = self._clock()
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "role": role.value,
            "iat": now,
            "exp": now + lifetime,
            "jti": str(uuid7()),
        }
        if tenant is not None:
            claims["tenant"] = tenant
        if session_version:
            claims["ver"] = session_version
        if logged_in_at is not None:
            claims["auth_time"] = int(logged_in_at.timestamp())
        if conversation_id is not None:
            claims["conversation_id"] = str(conversation_id)
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)


class TokenVerifier:
    """Checks tokens with the public key."""

    def __init__(self, public_key_pem: str) -> None:
        self._key = public_key_pem

    def verify(self, token: str, *, tenant_header: str | None = None) -> Principal:
        """Return who the token speaks for.

        Args:
            token: a JWT in its compact form.
            tenant_header: tenant that a service acts for; ignored for everybody else.

        Raises:
            TokenInvalid: forged, stale, incomplete or of another issuer.
            TenantMissing: a service without a tenant.
        """
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "role"]},
            )
            role = Role(claims["role"])
            conversation = claims.get("conversation_id")
            conversation_id = UUID(conversation) if conversation else None
            session_version = int(claims.get("ver", 0))
            logged_in_at = datetime.fromtimestamp(int(claims.get("auth_time", claims["iat"])), UTC)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenInvalid from error
        tenant = tenant_header if role is Role.SERVICE else claims.get("tenant")
        if not tenant:
            raise TenantMissing if role is Role.SERVICE else TokenInvalid
        return Principal(
            subject=claims["sub"],
            role=role,
            tenant=tenant,
            conversation_id=conversation_id,
            session_version=session_version,
            logged_in_at=logged_in_at,
        )


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")


async def get_principal(  # async: a tenth of a millisecond of work is less than a visit to the thread pool
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    tenant: Annotated[str | None, Header(alias=TENANT_HEADER, max_length=64)] = None,
) -> Principal:
    """Return the caller of the request, by `app.state.token_verifier`.

    Raises:
        TokenInvalid: there is no valid bearer token.
    """
    if credentials is None:
        raise TokenInvalid(headers={"WWW-Authenticate": "Bearer"})
    verifier: TokenVerifier = request.app.state.token_verifier
    return verifier.verify(credentials.credentials, tenant_header=tenant)


PrincipalDep = Annotated[Principal, Depends(get_principal)]
"""The caller of the request."""


def require_roles(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that lets only these roles through.

    Raises:
        Forbidden: the caller has another role.
    """
    allowed = frozenset(roles)

    async def check(principal: PrincipalDep) -> Principal:
        if principal.role not in allowed:
            raise Forbidden
        return principal

    return check
