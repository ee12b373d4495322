"""Logs: one JSON object a line, in Cloud Logging's fields, with secrets cut out."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any, TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Keys, bearer tokens, and the parameters that networks use for secrets.
_SECRET = re.compile(
    r"(rst_(?:live|test)_)[A-Za-z0-9]+"
    r"|((?:access_token|refresh_token|client_secret|code|fb_exchange_token|password|app_password)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
    r"|((?:Bearer|Basic|OAuth)\s+)[A-Za-z0-9._~+/=-]+"
)


def redact(text: str) -> str:
    """``text`` without what looks like a secret."""
    return _SECRET.sub(
        lambda found: next(group for group in (*found.groups(), "") if group is not None) + "[redacted]", text
    )


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: severity, message, logger, time, and whatever ``extra`` added."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "message": redact(record.getMessage()),
            "logger": record.name,
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
        }
        line |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every logger's records to ``stream`` (standard error) as JSON lines. Safe to call twice."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
