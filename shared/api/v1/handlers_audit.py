"""The audit: one function per route."""

from __future__ import annotations

from typing import cast

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_audit as models
from shared.domain.audit import Act, Entry, Head
from shared.operations import audits


def list_(x: Exchange[None, models.AuditQuery]) -> Reply:
    """GET /v1/audit"""
    page = audits.list_(x.ports, x.caller, audits.Wanted(**dict(x.query)))
    more = page.next_cursor is not None
    pagination = models.AuditPagination(limit=x.query.limit, has_more=more, next_cursor=page.next_cursor)
    return Reply(200, models.AuditListResponse(data=[_entry(one) for one in page.entries], pagination=pagination))


def head(x: Exchange[None, None]) -> Reply:
    """GET /v1/audit/head"""
    return Reply(200, _head(audits.head(x.ports, x.caller)))


def verify(x: Exchange[None, models.VerifyQuery]) -> Reply:
    """GET /v1/audit/verify"""
    done = audits.verify(x.ports, x.caller, x.query.start, x.query.limit)
    answer = models.AuditCheckResponse(
        intact=done.fault is None,
        first=done.first,
        last=done.last,
        last_hash=done.hash or None,
        broken_at=done.broken,
        fault=done.fault,
        next=done.next,
        head=_head(done.head),
    )
    return Reply(200, answer)


def _head(one: Head) -> models.AuditHeadResponse:
    return models.AuditHeadResponse(seq=one.seq, hash=one.hash, created_at=one.created_at)


def _entry(one: Entry) -> models.AuditEntry:
    return models.AuditEntry(
        seq=one.seq,
        act=cast(Act, one.act),
        actor=one.actor or None,
        resource_id=one.resource_id or None,
        details=dict(one.details),
        created_at=one.created_at,
        prev=one.prev,
        hash=one.hash,
    )
