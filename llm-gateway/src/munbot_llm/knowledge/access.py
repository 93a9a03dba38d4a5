"""Who may read and write, and how long a write waits for its index."""

import asyncio
from concurrent.futures import Future
from typing import Annotated

from fastapi import Depends, Path, Query
from munbot_common.auth import Principal, Role, require_roles

INDEX_SECONDS = 5.0
"""How long a write waits for the index that knows it, before it answers `indexed: false`."""

WriterDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]
ReaderDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]

DocumentId = Annotated[str, Path(max_length=100, description="A document's id")]
PairId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", max_length=80, description="A pair's id")]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=200)]


async def is_indexed(future: Future[None]) -> bool:
    """Wait some seconds for an index; returns whether it is live. It is built in any case."""
    wrapped = asyncio.wrap_future(future)
    done, _ = await asyncio.wait({wrapped}, timeout=INDEX_SECONDS)
    return bool(done) and wrapped.exception() is None
