"""For all tests: what the contract, conformance and security suites counted, printed at the end, also of a parallel run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

import shared.runtime  # noqa: F401 - before functions_framework: this process is no function that starts
from tests.conformance import report as conformance
from tests.contract.platforms import report as networks
from tests.security import goals
from tests.support.canary_plugin import CanaryPlugin

REPORTS: dict[str, Any] = {"networks": networks, "conformance": conformance, "security": goals}


def pytest_configure(config: pytest.Config) -> None:
    """Every test is watched for secrets that show, also those beside the code. How fast a machine is, is no property."""
    settings.register_profile("rostrum", deadline=None)
    settings.load_profile("rostrum")
    config.pluginmanager.register(CanaryPlugin(), "canaries")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its part over."""
    handed: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed["reports"] = {name: report.export() for name, report in REPORTS.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """The controller takes it."""
    for name, part in getattr(node, "workeroutput", {}).get("reports", {}).items():
        REPORTS[name].merge(part)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A row per network, a line per document."""
    for name, report in REPORTS.items():
        lines = list(report.rows())
        if lines:
            terminalreporter.write_sep("=", name)
            for line in lines:
                terminalreporter.write_line(line)
