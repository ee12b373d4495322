"""What a simulated network can pull: our own signed files, and whatever the installation itself could fetch."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from shared.ports.blobs import Blobs, BlobsError
from shared.ports.http import Http, HttpFailure, Request, Response

MAX_BYTES = 100 * 1024 * 1024


class Reach:
    """Called with a URL; answers what a GET of it would get, None when nothing does.

    Files of this very installation are read from the blobs port: on one machine their address is a private one, which
    the guard of the http port rightly refuses, though a real network could not reach it either without PUBLIC_URL.
    """

    def __init__(self, blobs: Blobs, public_url: str, http: Http) -> None:
        self._blobs = blobs
        self._own = f"{public_url}/_blobs/"
        self._http = http

    def __call__(self, url: str) -> Response | None:
        if url.startswith(self._own):
            return self._read(unquote(urlsplit(url).path.partition("/_blobs/")[2]))
        try:
            answer = self._http.send(Request("GET", url, max_bytes=MAX_BYTES, read_timeout=20.0))
        except HttpFailure:
            return None
        return answer if answer.status == 200 else None

    def _read(self, key: str) -> Response | None:
        try:
            info = self._blobs.info(key)
            data = self._blobs.read(key) if info else b""
        except BlobsError:  # no key of ours, gone meanwhile, or out of reach: a network would get no file either
            return None
        return (
            Response(200, {"content-type": info.content_type, "content-length": str(len(data))}, data) if info else None
        )
