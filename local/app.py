"""The WSGI application of one machine: the functions under their own paths, signed files, and the API for the rest."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from shared.backends.embedded import blobs_wsgi
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.ports.http import Response as Answer
from shared.runtime.people import SIMULATED
from shared.runtime.simulated_google import SimulatedGoogle

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
Function = Callable[[Request], Response]
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")


class App:
    """``/_functions/{name}`` reaches the function of that name, ``/_blobs/…`` the signed files, ``/webhooks/…`` what
    networks push to, ``/sandbox`` the page of what followers see, ``/sandbox/google`` the simulated sign-in (None: there is a real one), all else the API."""

    def __init__(
        self,
        functions: dict[str, Function],
        blobs: EmbeddedBlobs,
        page: Callable[[], Response],
        google: SimulatedGoogle | None = None,
    ) -> None:
        self._functions = functions
        self._blobs = blobs
        self._page = page
        self._google = google

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        first, _, rest = request.path.lstrip("/").partition("/")
        if first == "_blobs":
            return blobs_wsgi.serve(request, self._blobs)
        if (first, rest) == ("sandbox", "") and request.method == "GET" and _is_here(request):
            return self._page()
        if self._google and request.path == SIMULATED and request.method == "GET" and _is_here(request):
            return _shown(self._google.page(request.args.to_dict()))
        if first == "webhooks" and rest:
            return self._functions["ingest"](request)
        if first != "_functions":
            return self._functions["api"](request)
        function = self._functions.get(rest)
        return function(request) if function and rest != "api" else Response("No such function.\n", 404)


def _shown(answer: Answer) -> Response:
    headers = {
        **answer.headers,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    return Response(answer.body, answer.status, headers)


def _is_here(request: Request) -> bool:
    """Whether the browser runs on this machine: the page needs no key, so a public address must not show it, nor a proxy
    that calls us by our own."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return (urlsplit(f"//{request.host}").hostname or "") in ("127.0.0.1", "localhost", "::1")


def scheduled() -> tuple[str, ...]:
    """The entry points that the schedule calls, in the manifest's order."""
    rows = json.loads((FUNCTIONS / "manifest.json").read_text())
    return tuple(row["name"] for row in rows if row["trigger"] == "schedule")


def functions() -> dict[str, Function]:
    """Every entry point of the manifest, from its folder's ``main.py``."""
    rows = json.loads((FUNCTIONS / "manifest.json").read_text())
    mains = {row["folder"]: _main(row["folder"]) for row in rows}
    return {row["name"]: getattr(mains[row["folder"]], row["entry_point"]) for row in rows}


def _main(folder: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"functions_{folder}_main", FUNCTIONS / folder / "main.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FUNCTIONS / folder / "main.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
