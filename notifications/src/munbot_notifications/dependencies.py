"""What routes ask FastAPI for."""

from typing import Annotated

from fastapi import Depends, Request
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.clock import Clock
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

from munbot_notifications.settings import ApiSettings
from munbot_notifications.vault import Vault


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


async def _settings(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


async def _vault(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


ClockDep = Annotated[Clock, Depends(_clock)]
"""The time of day."""

SettingsDep = Annotated[ApiSettings, Depends(_settings)]
"""The application's settings."""

VaultDep = Annotated[Vault, Depends(_vault)]
"""What encrypts secrets and signs links."""

ReaderDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]
"""Any official, or another service."""

WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.SERVICE))]
"""Who may have messages sent."""

AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN))]
"""An administrator of the tenant."""

SECURED = problem_responses(Unauthorized, Forbidden, Unprocessable)
SECURED_OBJECT = problem_responses(Unauthorized, Forbidden, NotFound, Unprocessable)
