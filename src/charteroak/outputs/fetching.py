"""Released bytes as a download, exactly as they were approved."""

from collections.abc import Iterator
from pathlib import PurePath

from django.http import HttpRequest, HttpResponseBase

from charteroak.adapters import stores
from charteroak.adapters.stores import Store
from charteroak.adapters.streaming import streamed
from charteroak.adapters.vault import ObjectId
from charteroak.outputs.models import ReleasedFile

# what may be released (outputs.printed.EXTENSIONS), by the name it ends with
KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


def content(file: ReleasedFile) -> Iterator[bytes]:
    """The bytes; the last come after their hash was checked against the approved one."""
    return stores.vault(Store.RELEASED).open_ciphertext(ObjectId(Store.RELEASED, file.sha256))


def download(request: HttpRequest, file: ReleasedFile) -> HttpResponseBase:
    kind = KINDS.get(PurePath(file.name).suffix.lower(), "application/octet-stream")
    response = streamed(request, content(file), name=file.name, kind=kind)
    response.headers["Content-Length"] = str(file.size)
    response.headers["ETag"] = f'"{file.sha256}"'
    return response
