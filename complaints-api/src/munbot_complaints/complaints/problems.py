"""What can go wrong with a complaint."""

from munbot_common.problems import Conflict, NotFound, Unprocessable


class ComplaintNotFound(NotFound):
    """No such folio in the caller's tenant, or not the citizen's own."""

    title = "No existe un reclamo con ese número"


class TransitionIllegal(Unprocessable):
    """A complaint cannot go there from where it is."""

    code = "transition_illegal"
    title = "El reclamo no puede pasar a ese estado"


class ReasonRequired(Unprocessable):
    """Every change of state says why."""

    code = "reason_required"
    title = "Indique el motivo del cambio"


class VersionConflict(Conflict):
    """Somebody else changed it since it was read."""

    code = "version_conflict"
    title = "Otra persona modificó el reclamo mientras usted lo editaba"


class CommentsFull(Unprocessable):
    """One document holds all of a complaint, and has room for only so many comments."""

    code = "comments_full"
    title = "Este reclamo ya no admite más comentarios"


class CursorInvalid(Unprocessable):
    """Not a cursor of this list."""

    code = "cursor_invalid"
    title = "El cursor no corresponde a esta lista"


class MergeIllegal(Unprocessable):
    """These two cannot become one: the same, settled, or one of them is part of another merge."""

    code = "merge_illegal"
    title = "Estos reclamos no se pueden reunir"


class IfMatchInvalid(Unprocessable):
    """An If-Match header that is no ETag of a complaint."""

    code = "if_match_invalid"
    title = "La versión indicada no es la de un reclamo"
