"""Every request that a document shows is answered as it shows."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.client import Answer, Api, api
from tests.conformance import report
from tests.conformance.cases import Case, at, differences, filled, load
from tests.conformance.stages import prepare
from tests.support import files


@pytest.mark.parametrize("case", load(), ids=str)
def test_a_request_is_answered_as_its_document_shows(case: Case) -> None:
    report.shown(case.document)
    call = api()
    answer = _sent(call, case, prepare(call, case))
    assert answer.status in (case.status, *case.also), answer.json or answer.data[:300]
    if case.answer is not None and answer.status == case.status:
        assert differences(case.answer, answer.json) == [], answer.json
        for name in case.exactly:
            assert at(answer.json, name) == at(case.answer, name)
    if case.not_offered:
        report.not_offered(case.document, case.not_offered)
    else:
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
        data=_form(case, names),
        **headers,
    )


def _form(case: Case, names: dict[str, str]) -> Any:
    """The form's fields, with the file where there is one."""
    if not case.file:
        return filled(case.form, names)
    return {**filled(case.form or {}, names), "file": (BytesIO(files.png(1200, 628)), case.file, "image/png")}
