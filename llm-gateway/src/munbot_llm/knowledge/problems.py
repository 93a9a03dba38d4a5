"""What can go wrong with documents, beyond what their import finds."""

from munbot_common.problems import BadRequest, NotFound, Unavailable, Unprocessable


class DocumentNotFound(NotFound):
    """No such document in the caller's tenant."""

    code = "document_not_found"
    title = "No existe ese documento"


class PairNotFound(NotFound):
    """No such question/answer pair in the caller's tenant."""

    code = "pair_not_found"
    title = "No existe esa pregunta"


class UploadInvalid(BadRequest):
    """Not a multipart body with one file."""

    code = "upload_invalid"
    title = "Envíe un solo archivo en el campo «file», como multipart/form-data"


class FilenameInvalid(Unprocessable):
    """A file needs a name with an ending that says what it is."""

    code = "filename_invalid"
    title = "El archivo necesita un nombre con extensión, como «ordenanza.pdf»"


class TitleInvalid(Unprocessable):
    """A title is one line."""

    code = "title_invalid"
    title = "El título puede tener hasta 200 caracteres"


class DocumentIdInvalid(Unprocessable):
    """An id of the caller's choice must fit in an address."""

    code = "document_id_invalid"
    title = "El identificador solo puede llevar minúsculas, números, puntos y guiones, y no puede empezar con «pair-»"


class TenantInvalid(Unprocessable):
    """Not the name of a tenant."""

    code = "tenant_invalid"
    title = "El nombre de la municipalidad no es válido"


class CursorInvalid(Unprocessable):
    """Not a cursor of this list."""

    code = "cursor_invalid"
    title = "El cursor no corresponde a esta lista"


class KnowledgeLoading(Unavailable):
    """A large collection after a start without the embeddings' cache: better late than «I do not know»."""

    code = "knowledge_loading"
    title = "Los documentos todavía se están cargando. Intente nuevamente en unos segundos"
