"""A gRPC server that keeps every request and answers as told: for what no emulator refuses or loses."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Method:
    """One method of a service: its message types, and whether it answers with a stream."""

    request: Any
    response: Any
    stream: bool = False


@dataclass
class Recorder:
    """``requests``: what came, by method. ``answers``: what the next calls get (a message, or a status to fail with);
    without one, an empty message."""

    methods: Mapping[str, Method]
    address: str = ""
    requests: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def one(self, method: str, request: Any, context: grpc.ServicerContext) -> Any:
        """A unary call."""
        self.requests[method].append(request)
        answer = self.answers[method].pop(0) if self.answers[method] else self.methods[method].response()
        if isinstance(answer, grpc.StatusCode):
            context.abort(answer, f"{method} fails as told")
        return answer

    def many(self, method: str, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """A call that is answered by a stream of one."""
        yield self.one(method, request, context)


def serve(service: str, methods: Mapping[str, Method]) -> tuple[Recorder, grpc.Server]:
    """A running server of ``service``; the caller stops it."""
    recorder = Recorder(methods)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    handlers = {name: _handler(recorder, name, method) for name, method in methods.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    recorder.address = f"{HOST}:{server.add_insecure_port(f'{HOST}:0')}"
    server.start()
    return recorder, server


def _handler(recorder: Recorder, name: str, method: Method) -> grpc.RpcMethodHandler:
    make = grpc.unary_stream_rpc_method_handler if method.stream else grpc.unary_unary_rpc_method_handler
    return make(
        functools.partial(recorder.many if method.stream else recorder.one, name),
        request_deserializer=method.request.deserialize,
        response_serializer=method.response.serialize,
    )
