"""HTTP entrance to the map's setting.

Tiles come from the platform's own address, as the pages ask no other: they lie in the folder that nginx gives out at
/tiles/ (docs/runbooks/map-tiles.md). Without an address the pages show a list of places.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel, ConfigDict, Field

from munbot_complaints.complaints.routes import OfficeDep
from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.fields import Line

router = APIRouter(prefix="/v1/map", tags=["map"])
AdminDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]
_PLACES = ("{z}", "{x}", "{y}")


class TilesInvalid(Unprocessable):
    """Not a template of tiles on this address."""

    code = "tiles_invalid"
    title = "La dirección del mapa debe empezar con / y contener {z}, {x} e {y}"


class MapBody(BaseModel):
    """Tiles (square pictures of 256 pixels, Web Mercator) of an office's map."""

    model_config = ConfigDict(extra="forbid")

    tiles_url: Line = Field(default="", examples=["/tiles/{z}/{x}/{y}.png"], description="empty: no map, but a list")
    attribution: Line = Field(default="", examples=["© OpenStreetMap"], description="shown on the map, as text")
    max_zoom: int = Field(default=18, ge=1, le=22)


@router.get("", responses=problem_responses(Unauthorized, Forbidden))
def read_map(principal: OfficeDep, services: ServicesDep) -> MapBody:
    """Return where the tenant's tiles are."""
    return MapBody.model_validate(services.maps.of(principal.tenant))


@router.put("", responses=problem_responses(Unauthorized, Forbidden, TilesInvalid))
def write_map(body: MapBody, principal: AdminDep, services: ServicesDep) -> MapBody:
    """Say where the tenant's tiles are."""
    url = body.tiles_url
    if url and (not url.startswith("/") or url.startswith("//") or "\\" in url or any(p not in url for p in _PLACES)):
        raise TilesInvalid
    services.maps.save(principal, body.model_dump())
    return body
