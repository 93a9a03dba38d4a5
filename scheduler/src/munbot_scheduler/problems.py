"""What the scheduler refuses, and under which code."""

from munbot_common.problems import Conflict, NotFound, PreconditionFailed, Unprocessable

from munbot_scheduler.texts import say


class SlotTaken(Conflict):
    """Somebody else was faster; `alternatives` holds the three nearest free slots."""

    code = "slot_taken"
    title = say("titles.slot_taken")


class AppointmentExists(Conflict):
    """One live booking per person and procedure; `appointment` holds it."""

    code = "appointment_exists"
    title = say("titles.appointment_exists")


class TransitionIllegal(Conflict):
    """The state machine has no such step."""

    code = "transition_illegal"
    title = say("titles.transition_illegal")


class TooEarly(Conflict):
    """Attendance is known only when the time has come."""

    code = "too_early"
    title = say("titles.too_early")


class AppointmentOver(Conflict):
    """What is over cannot be confirmed, moved or cancelled."""

    code = "appointment_over"
    title = say("titles.appointment_over")


class CodeTaken(Conflict):
    """Codes of procedures and offices are unique in a tenant."""

    code = "code_taken"
    title = say("titles.code_taken")


class Overlap(Conflict):
    """Two opening rules would cover the same minute."""

    code = "overlap"
    title = say("titles.overlap")


class Stale(PreconditionFailed):
    """Somebody else changed it since the caller read it; `current` holds it as it is now."""

    code = "stale"
    title = say("titles.stale")


class Past(Unprocessable):
    """The time is over."""

    code = "past"
    title = say("titles.past")


class TooSoon(Unprocessable):
    """Nearer than the minimum notice."""

    code = "too_soon"
    title = say("titles.too_soon")


class BeyondHorizon(Unprocessable):
    """Farther than the agenda is open."""

    code = "beyond_horizon"
    title = say("titles.beyond_horizon")


class Holiday(Unprocessable):
    """A public holiday."""

    code = "holiday"
    title = say("titles.holiday")


class Closed(Unprocessable):
    """Outside the opening hours."""

    code = "closed"
    title = say("titles.closed")


class OffGrid(Unprocessable):
    """Within the opening hours, but no slot starts there; `alternatives` holds the nearest ones."""

    code = "off_grid"
    title = say("titles.off_grid")


class ProcedureUnknown(Unprocessable):
    """The body names a procedure that is not the tenant's."""

    code = "procedure_unknown"
    title = say("titles.procedure_unknown")

    def __init__(self) -> None:
        super().__init__(say("problems.procedure_unknown"))


class OfficeUnknown(Unprocessable):
    """The body names an office that is not the tenant's."""

    code = "office_unknown"
    title = say("titles.office_unknown")

    def __init__(self) -> None:
        super().__init__(say("problems.office_unknown"))


class ProcedureNotOffered(Unprocessable):
    """The office exists, and does something else."""

    code = "procedure_not_offered"
    title = say("titles.procedure_not_offered")


class RangeInvalid(Unprocessable):
    """Dates in the wrong order, or too many of them."""

    code = "range_invalid"
    title = say("titles.range_invalid")


class ConversationRequired(Unprocessable):
    """A visitor's token without a conversation."""

    code = "conversation_required"
    title = say("titles.conversation_required")


class LinkInvalid(NotFound):
    """Unknown code or wrong token: the same answer for both."""

    code = "link_invalid"
    title = say("titles.link_invalid")

    def __init__(self) -> None:
        super().__init__(say("problems.link_invalid"))


SLOT_PROBLEMS = (
    Past,
    TooSoon,
    BeyondHorizon,
    Holiday,
    Closed,
    OffGrid,
    ProcedureUnknown,
    OfficeUnknown,
    ProcedureNotOffered,
)
"""Why a time cannot be booked by anybody."""
