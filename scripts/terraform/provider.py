"""A provider that only knows google's schema: with it `terraform validate` says what is misspelled, missing or of the wrong
type, and `terraform test` (with ``mock_provider``) makes plans, where the real provider cannot be had.

Terraform starts it; it makes, reads and changes nothing. ``schema.json`` (see ``schema``) says what it knows.
"""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc

from scripts.terraform import msgpack
from scripts.terraform.protocol import ERROR, NESTING, PACKAGE, messages

SCHEMA = Path(__file__).with_name("schema.json")
Diagnosis = tuple[str, str, list[Any]]  # summary, detail, and the steps to where it is


def block(described: Mapping[str, Any]) -> Any:
    """A block as the protocol says it. ``described``: ``a`` attributes, ``b`` nested blocks."""
    made = messages()["Block"]()
    for name, (kind, need, *_) in sorted(described["a"].items()):
        optional, computed = need in ("o", "oc"), need in ("c", "oc")
        made.attributes.add(
            name=name, type=json.dumps(kind).encode(), required=need == "r", optional=optional, computed=computed
        )
    for name, (nesting, least, most, inner) in sorted(described["b"].items()):
        counted = nesting in ("list", "set")
        bounds = {"min_items": least, "max_items": most} if counted else {}
        made.block_types.add(type_name=name, block=block(inner), nesting=NESTING[nesting], **bounds)
    return made


def diagnoses(values: Any, described: Mapping[str, Any], steps: list[Any] | None = None) -> Iterator[Diagnosis]:
    """What only the provider can say of a block: a read-only argument that is set, a word that is none of its choices."""
    here = steps or []
    if not isinstance(values, Mapping):
        return
    for name, (_, need, *choices) in described["a"].items():
        value = values.get(name)
        if value is None or value is msgpack.UNKNOWN:
            continue
        if need == "c":
            yield "A read-only argument is set", f"{name} is what Google says of it.", [*here, name]
        if choices and isinstance(value, str) and value not in choices[0]:
            yield f"{name} is {value!r}", f"It is one of {', '.join(choices[0])}.", [*here, name]
    for name, (nesting, _, _, inner) in described["b"].items():
        found = values.get(name)
        members = found if isinstance(found, list) else [found]
        for number, member in enumerate(members):
            place: list[Any] = [*here, name, number] if nesting == "list" else [*here, name]
            yield from diagnoses(member, inner, place)


class Provider:
    """The answers of the service, by the names of its methods."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def schemas(self, _request: Any) -> Any:
        """All that it knows."""
        kinds = messages()
        made = kinds["Schemas"](provider=kinds["Schema"](block=block(self._schema["provider"])))
        for where, known in ((made.resources, "resources"), (made.data_sources, "data_sources")):
            for name, described in sorted(self._schema[known].items()):
                where.add(key=name, value=kinds["Schema"](block=block(described)))
        return made

    def validate(self, known: str) -> Callable[[Any], Any]:
        """The method that looks at a block of that kind (``resources`` or ``data_sources``)."""

        def looked_at(request: Any) -> Any:
            kinds = messages()
            answer = kinds["Validated"]()
            values = msgpack.unpacked(request.config.msgpack)
            for summary, detail, steps in diagnoses(values, self._schema[known][request.type_name]):
                path = kinds["AttributePath"](steps=[_step(step) for step in steps])
                answer.diagnostics.add(severity=ERROR, summary=summary, detail=detail, attribute=path)
            return answer

        return looked_at

    def methods(self) -> Mapping[str, tuple[Callable[[Any], Any], str]]:
        """Each method: what answers, and what it is asked."""
        kinds = messages()

        def nothing(_request: Any) -> Any:
            return kinds["Nothing"]()

        return {
            "GetProviderSchema": (self.schemas, "Nothing"),
            "ValidateProviderConfig": (nothing, "ProviderConfig"),
            "ValidateResourceConfig": (self.validate("resources"), "Config"),
            "ValidateDataResourceConfig": (self.validate("data_sources"), "Config"),
            "ConfigureProvider": (nothing, "Nothing"),
            "StopProvider": (nothing, "Nothing"),
        }


def _step(step: str | int) -> Any:
    name = "element_key_int" if isinstance(step, int) else "attribute_name"
    return messages()["Step"](**{name: step})


def _handler(service: str, methods: Mapping[str, tuple[Callable[[Any], Any], str]]) -> Any:
    return grpc.method_handlers_generic_handler(
        service,
        {
            name: grpc.unary_unary_rpc_method_handler(
                lambda request, _context, answer=answer: answer(request),
                request_deserializer=messages()[asked].FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
            for name, (answer, asked) in methods.items()
        },
    )


def certificate() -> tuple[bytes, bytes, bytes]:
    """Key and certificate of this run (PEM), and the certificate once more (DER): whoever started us trusts no other."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, made.public_bytes(Encoding.PEM), made.public_bytes(Encoding.DER)


def serve() -> None:
    """Until Terraform ends us. The line that is printed is go-plugin's handshake: protocols, address and certificate."""
    server = grpc.server(ThreadPoolExecutor(4))

    def shutdown(_request: Any) -> Any:
        server.stop(0.1)
        return messages()["Nothing"]()

    provider = Provider(json.loads(SCHEMA.read_text(encoding="utf-8")))
    server.add_generic_rpc_handlers(
        (
            _handler(f"{PACKAGE}.Provider", provider.methods()),
            _handler("plugin.GRPCController", {"Shutdown": (shutdown, "Nothing")}),
        )
    )
    private, chain, der = certificate()
    with tempfile.TemporaryDirectory(prefix="tf") as folder:
        socket = f"{folder}/s"
        server.add_secure_port(f"unix:{socket}", grpc.ssl_server_credentials([(private, chain)]))
        server.start()
        print(f"1|6|unix|{socket}|grpc|{b64encode(der).decode().rstrip('=')}", flush=True)
        server.wait_for_termination()


if __name__ == "__main__":
    serve()
