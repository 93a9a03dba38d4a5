"""The switches, for the page and for tests."""

from fastapi import APIRouter

from munbot_simulator.dependencies import ServicesDep
from munbot_simulator.faults.models import Faults

router = APIRouter(prefix="/simulator/api/faults", tags=["faults"])


@router.get("")
async def read_faults(services: ServicesDep) -> Faults:
    """Read all switches."""
    return services.faults.now


@router.put("")
async def put_faults(faults: Faults, services: ServicesDep) -> Faults:
    """Set all switches; what is left out is as it should be. What waited to be told is tried at once."""
    services.faults.put(faults)
    services.courier.retry_now()
    return services.faults.now
