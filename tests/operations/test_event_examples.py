"""The catalogue's examples are of our own making."""

from __future__ import annotations

import json
import re

from shared.domain import event_types
from shared.operations.inbox import ids


def test_every_id_in_the_catalogues_examples_is_one_of_ours_and_can_be_read() -> None:
    text = json.dumps([one.example for one in event_types.by_name().values()])
    assert "sapi_" not in text
    kinds = {prefix: kind for kind, prefix in ids.PREFIXES.items()}
    found = re.findall(r"(rst_[a-z]+_)([\w-]+)", text)
    assert {prefix for prefix, _ in found} >= {"rst_cmt_", "rst_dm_", "rst_rev_", "rst_mnt_"}
    assert all(ids.decode(kinds[prefix], prefix + rest) is not None for prefix, rest in found)
