"""The HTTP side of :class:`EmbeddedBlobs`: what a signed URL leads to, at ``/_blobs/{key}``.

Refusals look as the API's own: ``{"error": {"code", "message"}, "request_id"}``, the id also as ``X-Request-ID``.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator

from werkzeug.exceptions import ClientDisconnected, RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

from shared.backends.embedded.blobs import AlreadyStored, EmbeddedBlobs, UrlRefused
from shared.ports.blobs import BlobNotFound, BlobsError, BlobsUnavailable, BlobTooLarge

PREFIX = "/_blobs/"
CHUNK_BYTES = 256 * 1024
_REQUEST_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CODES = {
    400: "media.upload_invalid",
    403: "media.url_refused",
    404: "media.not_found",
    405: "media.method_not_allowed",
    411: "media.length_required",
    412: "media.already_uploaded",
    413: "media.too_large",
    416: "media.range_invalid",
    503: "media.storage_unavailable",
}


class _Refusal(Response):
    """``reason`` is told in the body, once the request has its id."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status=status, headers=headers, content_type="application/json")
        self.reason = reason


def serve(request: Request, blobs: EmbeddedBlobs) -> Response:
    """Answer a request under ``/_blobs/``: PUT to an upload URL, GET and HEAD (with ranges) to a download URL."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else f"req_{secrets.token_hex(13)}"
    response = _serve(request, blobs)
    response.headers["X-Request-ID"] = request_id
    if isinstance(response, _Refusal):
        error = {"code": _CODES[response.status_code], "message": response.reason}
        response.set_data(json.dumps({"error": error, "request_id": request_id}))
    return response


def _serve(request: Request, blobs: EmbeddedBlobs) -> Response:
    if request.method not in ("GET", "HEAD", "PUT"):
        return _refuse(405, "GET, HEAD and PUT only", {"Allow": "GET, HEAD, PUT"})
    key = request.path.removeprefix(PREFIX)
    try:
        content_type, max_bytes = blobs.check_url(request.method, key, request.query_string.decode("latin-1"))
        if request.method == "PUT":
            return _upload(request, blobs, key, content_type, max_bytes)
        return _download(request, blobs, key)
    except UrlRefused as error:
        return _refuse(403, str(error))
    except BlobNotFound:
        return _refuse(404, "nothing was uploaded here")
    except BlobTooLarge:
        return _refuse(413, "the upload is larger than its URL allows")
    except AlreadyStored as error:
        return _refuse(412, str(error))
    except BlobsUnavailable:
        return _refuse(503, "the storage does not answer, try again")
    except BlobsError as error:
        return _refuse(400, str(error))


def _upload(request: Request, blobs: EmbeddedBlobs, key: str, content_type: str, max_bytes: int) -> Response:
    if request.headers.get("Content-Type", "") != content_type:
        return _refuse(400, f"Content-Type must be {content_type}, as the upload URL says")
    if request.content_length is None and not request.environ.get("wsgi.input_terminated"):
        return _refuse(411, "Content-Length is required")
    if (request.content_length or 0) > max_bytes:
        return _refuse(413, f"{request.content_length} bytes, the upload URL allows {max_bytes}")
    if blobs.info(key) is not None:
        return _refuse(412, "something was already uploaded here; ask for a new upload URL")
    try:
        blobs.put_once(key, _chunks(request), content_type, max_bytes)
    except ClientDisconnected:
        return _refuse(400, "the upload was cut off")
    return Response(status=200)


def _chunks(request: Request) -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK_BYTES):
        yield chunk


def _download(request: Request, blobs: EmbeddedBlobs, key: str) -> Response:
    info, file = blobs.open(key)
    response = Response(wrap_file(request.environ, file, CHUNK_BYTES), content_type=info.content_type)
    response.direct_passthrough = True
    response.content_length = info.size
    response.last_modified = info.created_at
    response.set_etag(info.md5)
    # What callers uploaded is theirs: it must not run as a page of ours.
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=info.size)
    except RequestedRangeNotSatisfiable:
        file.close()
        return _refuse(416, f"the blob has {info.size} bytes", {"Content-Range": f"bytes */{info.size}"})
    if request.method == "HEAD" or response.status_code == 304:
        file.close()  # no server closes a body that it does not send
    return response


def _refuse(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return _Refusal(status, reason, headers)
