"""Who may do what in the simulated LinkedIn: scopes, and roles on pages."""

from __future__ import annotations

from shared.platforms.linkedin.simulator_oauth import of_member
from shared.platforms.linkedin.simulator_wire import Asked, Denied, forbidden, invalid


def check_author(asked: Asked, author: str, what: str) -> None:
    """Whether the token may write as this author. Raises Denied."""
    if author.startswith("urn:li:person:"):
        _need(asked, author == asked.member and asked.has("w_member_social"), f"{what}.CREATE")
    elif author.startswith("urn:li:organization:"):
        _need(asked, _administers(asked, author) and asked.has("w_organization_social"), f"{what}.CREATE")
    else:
        raise Denied(invalid("INVALID_URN_TYPE", f"{author} is neither a person nor an organization"))


def check_reader(asked: Asked, author: str, what: str) -> None:
    """Whether the token may read what this author made. Raises Denied."""
    if author.startswith("urn:li:organization:"):
        _need(asked, _administers(asked, author) and asked.has("r_organization_social"), what)
    else:
        _need(asked, author == asked.member and asked.has("r_member_social"), what)


def check_admin(asked: Asked, page: str, what: str) -> None:
    """Whether the token's member administers the page, and may report on it. Raises Denied."""
    _need(asked, _administers(asked, page) and asked.has("rw_organization_admin"), what)


def check_scope(asked: Asked, scope: str, what: str) -> None:
    """Raises Denied where the token has not the scope."""
    _need(asked, asked.has(scope), what)


def pages(asked: Asked) -> list[str]:
    """The URNs of the pages that the token's member administers."""
    return list(of_member(asked.world, asked.member).get("pages", ()))


def _administers(asked: Asked, page: str) -> bool:
    return page in pages(asked)


def _need(asked: Asked, allowed: bool, what: str) -> None:
    del asked
    if not allowed:
        raise Denied(forbidden(what))
