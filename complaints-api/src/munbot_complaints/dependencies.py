"""Everything the API is made of, built once and handed to the routes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from munbot_common.clock import Clock

from munbot_complaints.attachments.repository import AttachmentRepository
from munbot_complaints.attachments.service import AttachmentService
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.categories.repository import CategoryRepository
from munbot_complaints.categories.service import CategoryService
from munbot_complaints.complaints.intake import IntakeService
from munbot_complaints.complaints.lists import ComplaintLists
from munbot_complaints.complaints.merging import MergeService
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.service import ComplaintService
from munbot_complaints.deadlines.calendars import Calendars
from munbot_complaints.maps.repository import MapRepository
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.numbers.repository import NumbersRepository
from munbot_complaints.numbers.service import NumbersService
from munbot_complaints.privacy.repository import PrivacyRepository
from munbot_complaints.privacy.service import PersonalData
from munbot_complaints.tracking.repository import AttemptRepository
from munbot_complaints.tracking.service import TrackingService


@dataclass(frozen=True, slots=True)
class Services:
    """The service's features."""

    clock: Clock
    calendars: Calendars
    categories: CategoryService
    attachments: AttachmentService
    intake: IntakeService
    complaints: ComplaintService
    merging: MergeService
    lists: ComplaintLists
    numbers: NumbersService
    maps: MapRepository
    tracking: TrackingService
    privacy: PersonalData


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that come from settings."""

    attachment_max_bytes: int = 10 * 1024 * 1024
    attachment_url_minutes: int = 15
    tracking_attempts: int = 5
    tracking_window_minutes: int = 15


def build_services(database: MongoDatabase, store: ObjectStore, clock: Clock, limits: Limits | None = None) -> Services:
    """Put the features together. Their clock ticks in milliseconds, as MongoDB's times do."""
    clock = _in_milliseconds(clock)
    limits = limits or Limits()
    repository = ComplaintRepository(database)
    calendars = Calendars(database, clock)
    categories = CategoryService(CategoryRepository(database), clock)
    attachments = AttachmentService(
        AttachmentRepository(database),
        store,
        clock=clock,
        max_bytes=limits.attachment_max_bytes,
        url_minutes=limits.attachment_url_minutes,
    )
    complaints = ComplaintService(repository, calendars, attachments, clock)
    return Services(
        clock=clock,
        calendars=calendars,
        categories=categories,
        attachments=attachments,
        intake=IntakeService(repository, categories, calendars, attachments, clock),
        complaints=complaints,
        merging=MergeService(complaints, repository, clock),
        lists=ComplaintLists(repository, clock),
        numbers=NumbersService(NumbersRepository(database), clock),
        maps=MapRepository(database, clock),
        tracking=TrackingService(
            repository,
            AttemptRepository(database),
            clock=clock,
            limit=limits.tracking_attempts,
            minutes=limits.tracking_window_minutes,
        ),
        privacy=PersonalData(PrivacyRepository(database), repository, attachments, clock),
    )


def _in_milliseconds(clock: Clock) -> Clock:
    def now() -> datetime:
        moment = clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    return now


def get_services(request: Request) -> Services:
    """Return what the lifespan built."""
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(get_services)]
"""The service's features."""
