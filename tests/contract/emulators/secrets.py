"""A Secret Manager in this process: the real service's messages over gRPC, its states, sizes and error codes.

There is no official emulator. Messages and rules: https://cloud.google.com/secret-manager/docs/reference/rpc (2026-11).
Not shown by it: permissions, replication, and the quota of requests per minute.
"""

from __future__ import annotations

import atexit
import functools
import re
import threading
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud.secretmanager_v1 import types
from google.protobuf import empty_pb2

from tests.contract.emulators.process import HOST

SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"
MAX_PAYLOAD = 65_536
STATE = types.SecretVersion.State
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


class Refused(Exception):
    """A request that the service answers with an error."""

    def __init__(self, code: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class _Version:
    state: Any
    data: bytes


@dataclass
class SecretManager:
    """The service's state. ``calls``: (method, request) as they came; ``faults``: what the next calls of a method fail
    with, before or after they have had their effect."""

    address: str = ""
    secrets: dict[str, list[_Version]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    faults: dict[str, list[tuple[str, grpc.StatusCode]]] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)  # the version that ``latest`` is still told as, by secret
    adding: Callable[[Any], Any] | None = None  # takes the place of AddSecretVersion
    lock: threading.RLock = field(default_factory=threading.RLock)

    def create_secret(self, request: types.CreateSecretRequest) -> types.Secret:
        """CreateSecret: the id must be free, and say where it lies."""
        if not _ID.fullmatch(request.secret_id):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"The provided Secret ID [{request.secret_id}] is invalid.")
        if not types.Replication.pb(request.secret.replication).WhichOneof("replication"):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "Secret.replication is required.")
        name = f"{request.parent}/secrets/{request.secret_id}"
        if name in self.secrets:
            raise Refused(grpc.StatusCode.ALREADY_EXISTS, f"Secret [{name}] already exists.")
        self.secrets[name] = []
        return types.Secret(name=_numbered(name), replication=request.secret.replication)

    def add_secret_version(self, request: types.AddSecretVersionRequest) -> types.SecretVersion:
        """AddSecretVersion: at most 64 KiB; the answer names the project by number."""
        if len(request.payload.data) > MAX_PAYLOAD:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "The size of the secret payload exceeds 65536 bytes.")
        if self.adding:
            return self.adding(request)
        versions = self._versions(request.parent)
        versions.append(_Version(STATE.ENABLED, request.payload.data))
        return self._answer(request.parent, len(versions))

    def access_secret_version(self, request: types.AccessSecretVersionRequest) -> types.AccessSecretVersionResponse:
        """AccessSecretVersion: only of an enabled version; ``latest`` is the newest, whatever its state."""
        number, version = self._version(request.name)
        if version.state != STATE.ENABLED:
            text = f"Secret Version [{request.name}] is in {version.state.name} state."
            raise Refused(grpc.StatusCode.FAILED_PRECONDITION, text)
        name = self._answer(request.name.split("/versions/")[0], number).name
        return types.AccessSecretVersionResponse(name=name, payload={"data": version.data})

    def destroy_secret_version(self, request: types.DestroySecretVersionRequest) -> types.SecretVersion:
        """DestroySecretVersion: the data is gone at once, and once only."""
        number, version = self._version(request.name)
        if version.state == STATE.DESTROYED:
            text = f"SecretVersion [{request.name}] is in DESTROYED state."
            raise Refused(grpc.StatusCode.FAILED_PRECONDITION, text)
        version.state, version.data = STATE.DESTROYED, b""
        return self._answer(request.name.split("/versions/")[0], number)

    def disable_secret_version(self, request: types.DisableSecretVersionRequest) -> types.SecretVersion:
        """DisableSecretVersion: an operator's way to take a secret out of use."""
        number, version = self._version(request.name)
        version.state = STATE.DISABLED
        return self._answer(request.name.split("/versions/")[0], number)

    def delete_secret(self, request: types.DeleteSecretRequest) -> Any:
        """DeleteSecret: with all its versions."""
        self._versions(request.name)
        del self.secrets[request.name]
        return empty_pb2.Empty()

    def _versions(self, name: str) -> list[_Version]:
        if name not in self.secrets:
            raise Refused(grpc.StatusCode.NOT_FOUND, f"Secret [{name}] not found.")
        return self.secrets[name]

    def _version(self, name: str) -> tuple[int, _Version]:
        parent, _, wanted = name.partition("/versions/")
        versions = self._versions(parent)
        last = self.behind.get(parent, len(versions))
        number = last if wanted == "latest" else int(wanted)
        if not 1 <= number <= len(versions):
            raise Refused(grpc.StatusCode.NOT_FOUND, f"Secret Version [{name}] not found.")
        return number, versions[number - 1]

    def _answer(self, parent: str, number: int) -> types.SecretVersion:
        state = self.secrets[parent][number - 1].state
        return types.SecretVersion(name=f"{_numbered(parent)}/versions/{number}", state=state)

    def handle(self, method: str, call: Callable[[Any], Any], request: Any, context: grpc.ServicerContext) -> Any:
        """One call: its fault if one is set, else its answer or its error."""
        with self.lock:
            self.calls.append((method, request))
            when, code = self.faults[method].pop(0) if self.faults.get(method) else ("", None)
            if code is not None and when == "before":
                context.abort(code, "injected before the effect")
            answer = self._call(call, request, context)
            if code is not None:
                context.abort(code, "injected after the effect")
            return answer

    def _call(self, call: Callable[[Any], Any], request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(request)
        except Refused as refused:
            context.abort(refused.code, refused.text)


def _numbered(name: str) -> str:
    """Names in answers carry the project's number, as the real ones do."""
    return re.sub(r"^projects/[^/]+", "projects/123456789012", name)


def _handlers(service: SecretManager) -> grpc.GenericRpcHandler:
    rows: list[tuple[str, Callable[[Any], Any], Any, Any]] = [
        ("CreateSecret", service.create_secret, types.CreateSecretRequest, types.Secret.serialize),
        ("AddSecretVersion", service.add_secret_version, types.AddSecretVersionRequest, types.SecretVersion.serialize),
        (
            "AccessSecretVersion",
            service.access_secret_version,
            types.AccessSecretVersionRequest,
            types.AccessSecretVersionResponse.serialize,
        ),
        (
            "DestroySecretVersion",
            service.destroy_secret_version,
            types.DestroySecretVersionRequest,
            types.SecretVersion.serialize,
        ),
        (
            "DisableSecretVersion",
            service.disable_secret_version,
            types.DisableSecretVersionRequest,
            types.SecretVersion.serialize,
        ),
        ("DeleteSecret", service.delete_secret, types.DeleteSecretRequest, empty_pb2.Empty.SerializeToString),
    ]
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            functools.partial(service.handle, name, call),
            request_deserializer=request.deserialize,
            response_serializer=serialize,
        )
        for name, call, request, serialize in rows
    }
    return grpc.method_handlers_generic_handler(SERVICE, handlers)


@functools.cache
def running() -> SecretManager:
    """The session's server. Isolate tests by project ids."""
    service = SecretManager()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    server.add_generic_rpc_handlers((_handlers(service),))
    service.address = f"{HOST}:{server.add_insecure_port(f'{HOST}:0')}"
    server.start()
    atexit.register(server.stop, None)
    return service
