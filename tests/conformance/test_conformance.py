"""Every request that a document shows is answered as it shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.client import Answer, Api, api
from tests.conformance import report
from tests.conformance.cases import Case, differences, filled, load
from tests.conformance.stages import prepare


@pytest.mark.parametrize("case", load(), ids=str)
def test_a_request_is_answered_as_its_document_shows(case: Case) -> None:
    report.shown(case.document)
    call = api()
    answer = _sent(call, case, prepare(call, case))
    assert answer.status in (case.status, *case.also), answer.json or answer.data[:300]
    if case.answer is not None and answer.status == case.status:
        assert differences(case.answer, answer.json) == [], answer.json
        for name in case.exactly:
            assert answer.json[name] == case.answer[name]
    report.answered(case.document)


def _sent(call: Api, case: Case, names: dict[str, str]) -> Answer:
    query: dict[str, Any] = filled(case.query, names)
    path = filled(case.path, names) + (f"?{urlencode(query)}" if query else "")
    headers = {name.replace("-", "_"): filled(value, names) for name, value in case.headers.items()}
    key = headers.pop("key", "")
    return call(
        case.method,
        path,
        filled(case.body, names),
        key=None if key == "none" else key,
        data=filled(case.form, names),
        **headers,
    )
