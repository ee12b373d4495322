"""A media for a post: a container, the encrypted file in parts, and the end of it; one step per call.

The file is encrypted with AES-256 in CBC mode and padded (PKCS #7), under a key and a vector that follow from the piece's
own key: a step that is repeated sends the same bytes. Each part continues where the one before ended, so the last block of a
part's ciphertext is kept as the vector of the next.
Source: developers.snap.com/api/marketing-api/Public-Profile-API/ProfileAssetManagement, 2026-11-22.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import MediaFile, MediaType, Piece
from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.snapchat import wire
from shared.ports.http import AnswerLost, Request

BLOCK: Final = 16
PART: Final = 8 * 1024 * 1024  # of at most 32 MB; more where a file would have more than 35 parts
MOST_PARTS: Final = 35
_CHUNK: Final = 1024 * 1024
LIFE: Final = timedelta(hours=24)  # of a media
SPARE: Final = timedelta(minutes=10)  # a media that ends sooner is made again

Item = dict[str, Any]


def is_ready(call: Call, item: Mapping[str, Any] | None) -> bool:
    """Whether the media can be posted, and for a while yet."""
    return lasts(call, item, timedelta()) and item is not None and item.get("phase") == "ready"


def lasts(call: Call, item: Mapping[str, Any] | None, time: timedelta) -> bool:
    """Whether the media can still be posted after this time, so that no other is made for it."""
    return bool(item) and item is not None and call.now + time <= _end(item)


def step(call: Call, piece: Piece, item: Mapping[str, Any] | None) -> Item:
    """One request further. Raises Refused, AnswerLost, NotSent."""
    file = piece.media[0]
    if item is None or not lasts(call, item, timedelta()):
        return _create(call, piece, file)
    if item["phase"] == "parts":
        return _add(call, piece, file, item)
    return _finalize(call, piece, item)


def _create(call: Call, piece: Piece, file: MediaFile) -> Item:
    body = {
        "type": "VIDEO" if file.facts.type is MediaType.VIDEO else "IMAGE",
        "name": f"rst-{piece.key[:12]}",
        "key": b64encode(wire.secret(piece.key, "key", 32)).decode(),
        "iv": b64encode(wire.secret(piece.key, "iv", BLOCK)).decode(),
    }
    said = wire.ask(call, _wire.post_json(wire.profile_url(call, "/media"), body))
    if not said.get("media_id"):
        raise AnswerLost("a media without an id")
    return {
        "phase": "parts",
        "id": str(said["media_id"]),
        "add": wire.own_path(said.get("add_path")),
        "finalize": wire.own_path(said.get("finalize_path")),
        "parts": 0,
        "vector": wire.secret(piece.key, "iv", BLOCK).hex(),
        "until": (call.now + LIFE).timestamp(),
    }


def _add(call: Call, piece: Piece, file: MediaFile, item: Mapping[str, Any]) -> Item:
    number, size = int(item["parts"]), file.facts.size or 0
    length = part_length(size)
    start = number * length
    last = start + length >= size
    end = min(start + length, size)
    plain = (file.read(at, min(_CHUNK, end - at)) for at in range(start, end, _CHUNK))
    part = encrypt(wire.secret(piece.key, "key", 32), bytes.fromhex(str(item["vector"])), plain, last=last)
    fields = {"action": "ADD", "part_number": str(number + 1)}
    wire.ask(call, form(str(item["add"]), fields, part, f"{piece.key}.{number}"))
    done = {**item, "parts": number + 1, "vector": part[-BLOCK:].hex()}
    return {**done, "phase": "finalize"} if last else done


def _finalize(call: Call, piece: Piece, item: Mapping[str, Any]) -> Item:
    wire.ask(call, form(str(item["finalize"]), {"action": "FINALIZE"}, None, piece.key))
    return {**item, "phase": "ready"}


def part_length(size: int) -> int:
    """How many bytes of the file go into a part: whole blocks, and 35 parts at most."""
    needed = -(-size // MOST_PARTS)
    return max(PART, -(-needed // BLOCK) * BLOCK)


def encrypt(key: bytes, vector: bytes, plain: Iterable[bytes], *, last: bool) -> bytes:
    """AES-256-CBC of whole blocks; the last part is padded."""
    # Loaded here: connecting and reading need no ciphers.
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    cipher, part, size = Cipher(AES256(key), CBC(vector)).encryptor(), bytearray(), 0
    for chunk in plain:
        part += cipher.update(chunk)
        size += len(chunk)
    if last:
        padding = BLOCK - size % BLOCK
        part += cipher.update(bytes([padding]) * padding)
    cipher.finalize()  # whole blocks: nothing is left
    return bytes(part)


def _end(item: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(item["until"]), UTC) - SPARE


def form(
    url: str,
    fields: Mapping[str, str],
    content: bytes | None,
    tag: str,
    content_type: str = "application/octet-stream",
) -> Request:
    """A form, perhaps with a file. The boundary comes from the piece: the same step, the same bytes."""
    boundary = f"rostrum-{tag}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if content is not None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="media"\r\n'
        parts += [f"{head}Content-Type: {content_type}\r\n\r\n".encode(), content, b"\r\n"]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return _wire.post_bytes(url, body, f"multipart/form-data; boundary={boundary}", read_timeout=300.0)
