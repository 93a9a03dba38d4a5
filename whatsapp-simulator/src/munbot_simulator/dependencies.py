"""What routes are given."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from munbot_simulator.accounts import AccountBook
from munbot_simulator.faults.board import FaultBoard
from munbot_simulator.graph.service import GraphService
from munbot_simulator.media.store import MediaStore
from munbot_simulator.phones.service import PhoneService
from munbot_simulator.phones.world import World
from munbot_simulator.webhooks.courier import Courier


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that lives as long as the process."""

    secret: str
    book: AccountBook
    world: World
    media: MediaStore
    faults: FaultBoard
    courier: Courier
    phones: PhoneService
    graph: GraphService


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]
