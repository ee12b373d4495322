"""Logs: one JSON object a line, in Cloud Logging's fields, with secrets cut out.

Which names are special: https://cloud.google.com/logging/docs/structured-logging (2026-11): ``severity``, ``message``, ``time``,
``httpRequest``, ``logging.googleapis.com/trace``, ``…/spanId``, ``…/trace_sampled``. All others are fields of ``jsonPayload``, where
ids are found as quickly as in labels. ``insertId`` is the agent's.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TextIO

from shared.ports import about

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Names under which secrets travel, in queries, forms, JSON and headers; ``code`` only as a parameter (``?code=…``).
_NAMES = (
    r"[\w-]*(?:access|refresh|id|bearer|session|oauth|internal|exchange)_?(?:token|jwt)|(?:\w+_)?password|\w*secret(?:_proof)?"
    r"|token|appsecret_proof|code_verifier|api_?key|authorization|(?:set-)?cookie|x-goog-signature|signature|sealed"
)
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s"'&,;}\]]+)"""
_SECRET = re.compile(
    r"(?P<key>rst_(?:live|test)_)[A-Za-z0-9]+"
    r"|(?P<scheme>\b(?:Bearer|Basic|DPoP)\s+|\bOAuth\s+(?=\S{16}))[A-Za-z0-9._~+/=-]+"
    rf"|(?P<named>(?<![\w-])(?:{_NAMES})[\"']?\s*[=:]\s*(?!(?:Bearer|Basic|DPoP|OAuth)\b)){_VALUE}"
    r"|(?P<code>(?<![\w-])code=)[^\s\"'&,;}]+"
    r"|(?P<jwt>)\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?P<hook>whsec_)[A-Za-z0-9+/=]+",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
# Whatever _SECRET finds holds one of these: looking for them first costs a tenth, and most of what is logged has none.
_MARKS = (
    *("rst_", "bearer", "basic", "dpop", "oauth", "token", "jwt", "password", "secret", "code", "api"),
    *("authorization", "cookie", "signature", "sealed", "eyj", "whsec"),
)

REPORTED = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def redact(text: str) -> str:
    """``text`` without what looks like a secret."""
    if not _suspect(text):
        return text
    return _SECRET.sub(lambda found: f"{found.group(found.lastgroup or 0)}[redacted]", text)


def _suspect(text: str) -> bool:
    """Whether it may hold a secret. Most of what is logged is the same few words again: those are looked at once."""
    return _looked_at(text) if len(text) <= 64 else _marked(text)


def _marked(text: str) -> bool:
    lowered = text.lower()
    return not text.isascii() or any(mark in lowered for mark in _MARKS)


_looked_at = lru_cache(maxsize=2048)(_marked)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: severity, message, logger, time, what the work under way is about, and whatever ``extra`` added.

    Error Reporting takes an error by its ``stack_trace``, and what has none by the ``@type``:
    https://cloud.google.com/error-reporting/docs/formatting-error-messages (2026-11).
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "message": redact(record.getMessage()),
            "logger": record.name,
            "time": f"{_second(int(record.created))}.{int(record.created % 1 * 1_000_000):06d}Z",
        }
        for key, value in about.known().items():
            line[key] = value if _harmless(key, value) else _plain(value, key)
        for key, value in vars(record).items():
            if key not in _STANDARD:
                line[key] = value if _harmless(key, value) else _plain(value, key)
        if record.exc_info:
            line["stack_trace"] = redact(self.formatException(record.exc_info))
        elif record.levelno >= logging.ERROR:
            line["@type"] = REPORTED
        return _encode(line)


@lru_cache(maxsize=4)  # lines come many to the second
def _second(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


def _plain(value: Any, name: str = "") -> Any:
    """What JSON takes, with secrets cut out at every depth, by their names and by their looks."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _is_secret(name):
        return "[redacted]"
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): item if _harmless(str(key), item) else _plain(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return redact(str(value))


def _harmless(name: str, value: Any) -> bool:
    """Whether it can stand in a line as it is: the common case, said without looking at it in detail."""
    if type(value) is str:
        return len(value) <= 64 and (_is_id(value) or not _looked_at(value)) and not _is_secret(name)
    return type(value) in (int, float)


# An id of our own: each is another, so that remembering them would help nobody. No secret looks like one.
_is_id = re.compile(r"[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{26}").fullmatch


@lru_cache(maxsize=1024)  # the names of fields are few
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.fullmatch(name) is not None


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every logger's records to ``stream`` (standard error) as JSON lines. Safe to call twice."""
    # Neither caller nor thread nor process stands in a line: https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None  # noqa: SLF001 - what the manual names
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
