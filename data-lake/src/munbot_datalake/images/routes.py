"""Pictures by HTTP: shown to everybody, kept by officials."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, File, Header, Path, Query, Request, Response, UploadFile
from munbot_common.audit import AuditAway, AuditBook
from munbot_common.auth import Principal, Role, TokenInvalid, require_roles
from munbot_common.clock import Clock
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, NotFound, Unavailable, problem_responses

from munbot_datalake.images import repository
from munbot_datalake.images.audit import note_change
from munbot_datalake.images.models import Picture
from munbot_datalake.images.problems import CatalogueTaken, ImageTooLarge, ImageUnreadable
from munbot_datalake.images.rules import MAX_BYTES, MAX_SIDE, NAME, Format, Wish, chosen_format, rounded
from munbot_datalake.images.schemas import CatalogueSummary, PictureView
from munbot_datalake.images.service import Images
from munbot_datalake.store import STORE_ERRORS

router = APIRouter(tags=["images"])

FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"
NOT_YET = "public, max-age=30"

ReaderDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]
WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT))]
Catalogue = Annotated[str, Path(pattern=NAME, examples=["oficinas"])]
Name = Annotated[str, Path(pattern=NAME, examples=["transito"])]
Side = Annotated[int | None, Query(ge=1, le=MAX_SIDE, description="pixels; rounded up to a size that is made")]


def get_images(request: Request) -> Images:
    """Return the application's pictures."""
    images: Images = request.app.state.images
    return images


def get_now(request: Request) -> datetime:
    """Return the present moment, by the application's clock."""
    clock: Clock = request.app.state.clock
    return clock()


def get_audit(request: Request) -> AuditBook:
    """Return the hub's audit log."""
    book: AuditBook = request.app.state.audit
    return book


ImagesDep = Annotated[Images, Depends(get_images)]
AuditDep = Annotated[AuditBook, Depends(get_audit)]


@router.get(
    "/imagenes/catalogos/{catalogue}/{name}",
    response_class=Response,
    responses={
        200: {"content": {"image/*": {}}, "description": "The picture"},
        304: {"description": "The caller has it"},
        404: {"content": {"image/*": {}}, "description": "There is none: a grey picture that says so"},
        **problem_responses(ImageUnreadable, Unavailable),
    },
)
def show(
    images: ImagesDep,
    catalogue: Catalogue,
    name: Name,
    *,
    w: Side = None,
    h: Side = None,
    wanted: Annotated[Format | None, Query(alias="format", description="by default what the caller accepts")] = None,
    v: Annotated[
        str | None, Query(max_length=64, description="the content's version; then it may be kept for ever")
    ] = None,
    accept: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Show a picture in a size and format. Everybody may see the pictures of a catalogue."""
    wish = Wish(rounded(w), rounded(h), chosen_format(wanted, accept))
    try:
        shown = images.show(catalogue, name, wish, known=if_none_match)
    except STORE_ERRORS as error:
        raise Unavailable from error
    headers = {"Vary": "Accept"} if wanted is None else {}
    if not shown.version:
        return Response(shown.content, 404, {**headers, "Cache-Control": NOT_YET}, shown.content_type)
    headers |= {"ETag": shown.etag, "Cache-Control": FOR_EVER if v == shown.version else FOR_NOW}
    if shown.content is None:
        return Response(status_code=304, headers=headers)
    return Response(shown.content, headers=headers, media_type=shown.content_type)


@router.get("/v1/images", response_model=list[CatalogueSummary], responses=problem_responses(TokenInvalid, Forbidden))
def catalogues(principal: ReaderDep, session: SessionDep) -> list[CatalogueSummary]:
    """Return the tenant's catalogues."""
    found = repository.catalogues(session, principal.tenant)
    return [CatalogueSummary(name=name, pictures=count) for name, count in found]


@router.get(
    "/v1/images/{catalogue}", response_model=list[PictureView], responses=problem_responses(TokenInvalid, Forbidden)
)
def pictures(principal: ReaderDep, session: SessionDep, request: Request, catalogue: Catalogue) -> list[PictureView]:
    """Return the pictures of one of the tenant's catalogues."""
    return [_view(picture, request) for picture in repository.pictures(session, principal.tenant, catalogue)]


@router.put(
    "/v1/images/{catalogue}/{name}",
    response_model=PictureView,
    responses=problem_responses(
        TokenInvalid, Forbidden, CatalogueTaken, ImageTooLarge, ImageUnreadable, Unavailable, AuditAway
    ),
)
def upload(
    principal: WriterDep,
    images: ImagesDep,
    audit: AuditDep,
    request: Request,
    *,
    catalogue: Catalogue,
    name: Name,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP, AVIF or GIF")],
) -> PictureView:
    """Keep a picture under a name, once that is noted; a new catalogue becomes the tenant's own."""
    content = file.file.read(MAX_BYTES + 1)
    try:
        picture = images.save(
            tenant=principal.tenant,
            catalogue=catalogue,
            name=name,
            content=content,
            by=principal.subject,
            now=get_now(request),
            note=partial(note_change, audit, principal),
        )
    except STORE_ERRORS as error:
        raise Unavailable from error
    return _view(picture, request)


@router.delete(
    "/v1/images/{catalogue}/{name}",
    status_code=204,
    responses=problem_responses(TokenInvalid, Forbidden, NotFound, Unavailable, AuditAway),
)
def remove(principal: WriterDep, images: ImagesDep, audit: AuditDep, catalogue: Catalogue, name: Name) -> None:
    """Remove a picture, once that is noted; its address shows the placeholder from then on."""
    try:
        if not images.remove(principal.tenant, catalogue, name, note=partial(note_change, audit, principal)):
            raise NotFound
    except STORE_ERRORS as error:
        raise Unavailable from error


def _view(picture: Picture, request: Request) -> PictureView:
    base = request.app.state.settings.public_url.rstrip("/")
    return PictureView(
        catalogue=picture.catalogue,
        name=picture.name,
        url=f"{base}/api/imagenes/catalogos/{picture.catalogue}/{picture.name}?v={picture.version}",
        version=picture.version,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        bytes=picture.bytes,
        uploaded_at=picture.uploaded_at,
    )
