"""PDFs: known by their bytes like other files, taken where a network takes documents, refused in words elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType, Role
from shared.domain.errors import Invalid
from shared.operations import media, probe
from shared.operations.posts.content import DraftPiece
from shared.operations.posts.issues import Issue
from shared.operations.posts.media_limits import check_media
from shared.platforms import registry
from shared.platforms.manifest import KindLimit, MediaLimit, Source
from tests.operations.flows import TEST
from tests.support import files, memory_ports
from tests.support.memory_http import serve

SOURCE = Source("https://example.com/limits", date(2026, 11, 22))
PDF = MediaFacts(MediaType.DOCUMENT, "application/pdf", 5_000)
DOCUMENTS = MediaLimit(SOURCE, document_types=("application/pdf",), max_document_bytes=4_000)


def looked_at(data: bytes, claimed: str = "", filename: str = "") -> MediaFacts:
    return probe.probe(
        lambda start, length: data[start : start + length], len(data), claimed=claimed, filename=filename
    )


def found(limit: KindLimit, *facts: MediaFacts) -> list[Issue]:
    manifest = registry.manifest("bluesky")
    return list(check_media(manifest, limit, facts, DraftPiece(Role.POST, "", "text")))


def test_a_pdf_is_a_document() -> None:
    """Whatever its sender says of it, in the registered name."""
    data = files.pdf()
    assert looked_at(data, filename="slides.PDF") == MediaFacts(MediaType.DOCUMENT, "application/pdf", len(data))
    assert looked_at(data, claimed="application/x-pdf").type is MediaType.DOCUMENT


def test_half_a_pdf_is_broken() -> None:
    """Its end is missing."""
    with pytest.raises(Invalid, match="end is missing") as refused:
        looked_at(files.pdf()[:-40])
    assert refused.value.code == "media.broken"


def test_what_only_says_that_it_is_a_pdf_is_none() -> None:
    """A photo named slides.pdf."""
    with pytest.raises(Invalid) as refused:
        looked_at(files.jpeg(), filename="slides.pdf")
    assert refused.value.code == "validation.media_type_mismatch"


def test_a_pdf_goes_to_the_library_and_from_a_url() -> None:
    """Both ways that other files go."""
    rig = memory_ports.rig()
    kept = media.upload(rig.ports, TEST, filename="slides.pdf", content_type="", chunks=[files.pdf()])
    assert kept.facts
    assert kept.facts.type is MediaType.DOCUMENT
    rig.outside.hosts["cdn.example"] = lambda request: serve(("application/pdf", files.pdf()), request)
    assert media.fetch_facts(rig.ports, TEST, "https://cdn.example/slides").content_type == "application/pdf"


def test_a_network_that_takes_documents_says_how_large() -> None:
    """In bytes, naming the file."""
    issues = found(KindLimit(Kind.DOCUMENT, 1, 1, DOCUMENTS), PDF)
    assert [(issue.code, issue.field) for issue in issues] == [("validation.media_too_large", "media[0].source")]
    assert not found(KindLimit(Kind.DOCUMENT, 1, 1, DOCUMENTS), replace(PDF, size=4_000))


@pytest.mark.parametrize("name", [name for name in registry.all_names() if registry.manifest(name).publishes])
def test_other_kinds_refuse_it(name: str) -> None:
    """With its type, for every kind that takes images or videos only."""
    for limit in registry.manifest(name).kinds:
        if limit.media and not limit.media.document_types:
            codes = {issue.code for issue in found(limit, *[PDF] * limit.max_items)}
            assert "validation.media_type_mismatch" in codes, limit.kind


def test_a_content_type_may_have_a_limit_of_its_own() -> None:
    """X takes GIFs that are larger than its other images."""
    limit = MediaLimit(
        SOURCE, image_types=("image/gif", "image/png"), max_image_bytes=5, max_bytes_of={"image/gif": 15}
    )
    kind = KindLimit(Kind.IMAGE, 1, 1, limit)
    gif, png = (MediaFacts(MediaType.IMAGE, f"image/{name}", 10) for name in ("gif", "png"))
    assert not found(kind, gif)
    assert found(kind, png)
    assert found(kind, replace(gif, size=16))
