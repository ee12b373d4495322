"""For all tests: the networks' table of the contract suite, printed at the end, also of a parallel run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.platforms import report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its part over."""
    handed: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["platforms"] = report.export()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """The controller takes it."""
    if part := getattr(node, "workeroutput", {}).get("platforms"):
        report.merge(part)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A row per network."""
    lines = list(report.rows())
    if lines:
        terminalreporter.write_sep("=", "networks")
        for line in lines:
            terminalreporter.write_line(line)
