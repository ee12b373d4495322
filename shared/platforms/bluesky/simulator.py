"""Bluesky, simulated: the entryway, two PDS hosts, the video service and the public AppView behind one ``handle``.

``simulator_*.py`` have the parts: sessions, repositories, video, AppView, and the lexicon's checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from shared.platforms.bluesky import simulator_appview as appview
from shared.platforms.bluesky import simulator_chat as chat
from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import simulator_repo as repo
from shared.platforms.bluesky import simulator_sessions as sessions
from shared.platforms.bluesky import simulator_thread as thread
from shared.platforms.bluesky import simulator_video as video
from shared.platforms.bluesky.simulator_core import Ask, Fail
from shared.platforms.bluesky.simulator_people import visit
from shared.platforms.bluesky.simulator_seen import done, seen
from shared.platforms.contract import What, World
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "message", "mention")

Method = Callable[[Ask], Response]

_AT_A_PDS: dict[tuple[str, str], Method] = {
    ("POST", "com.atproto.server.createSession"): sessions.create,
    ("GET", "com.atproto.server.getSession"): sessions.get,
    ("POST", "com.atproto.server.refreshSession"): sessions.refresh,
    ("POST", "com.atproto.server.deleteSession"): sessions.delete,
    ("GET", "com.atproto.server.getServiceAuth"): sessions.service_auth,
    ("GET", "com.atproto.identity.resolveHandle"): sessions.resolve_handle,
    ("POST", "com.atproto.repo.uploadBlob"): repo.upload_blob,
    ("POST", "com.atproto.repo.putRecord"): repo.put_record,
    ("POST", "com.atproto.repo.createRecord"): repo.create_record,
    ("POST", "com.atproto.repo.deleteRecord"): repo.delete_record,
    ("GET", "com.atproto.repo.getRecord"): repo.get_record,
    ("GET", "com.atproto.repo.listRecords"): repo.list_records,
    ("GET", "app.bsky.feed.getPosts"): appview.get_posts,
    ("GET", "app.bsky.feed.getPostThread"): thread.get_post_thread,
    ("GET", "app.bsky.notification.listNotifications"): thread.list_notifications,
    ("GET", "app.bsky.actor.getProfile"): appview.get_profile,
    ("GET", "chat.bsky.convo.listConvos"): chat.list_convos,
    ("GET", "chat.bsky.convo.getMessages"): chat.get_messages,
    ("POST", "chat.bsky.convo.sendMessage"): chat.send_message,
}
_AT_THE_APPVIEW: dict[tuple[str, str], Method] = {
    ("GET", "app.bsky.feed.getPosts"): appview.get_posts,
    ("GET", "app.bsky.feed.getPostThread"): thread.get_post_thread,
    ("GET", "app.bsky.actor.getProfile"): appview.get_profile,
    ("GET", "com.atproto.repo.getRecord"): repo.get_record,
    ("GET", "com.atproto.identity.resolveHandle"): sessions.resolve_handle,
}
_AT_THE_VIDEO_SERVICE: dict[tuple[str, str], Method] = {
    ("POST", "app.bsky.video.uploadVideo"): video.upload,
    ("GET", "app.bsky.video.getJobStatus"): video.job_status,
}
_HOSTS = {
    core.ENTRYWAY: _AT_A_PDS,
    core.ASSIGNED_PDS: _AT_A_PDS,
    core.OWN_PDS: _AT_A_PDS,
    core.APPVIEW: _AT_THE_APPVIEW,
    core.VIDEO: _AT_THE_VIDEO_SERVICE,
}


def handle(request: Request, world: World) -> Response:
    """Answer one XRPC request. Raises Lost and Delayed where a post's text asks for them."""
    parts = urlsplit(request.url)
    host, nsid = (parts.hostname or "").lower(), parts.path.removeprefix("/xrpc/")
    if parts.scheme != "https":
        return Response(301, {"location": f"https://{parts.netloc}{parts.path}"}, b"")
    headers = {name.lower(): value for name, value in request.headers.items()}
    ask = Ask(request, world, host, nsid, parse_qs(parts.query), headers)
    try:
        return _method(ask)(ask)
    except Fail as fail:
        return fail.response()


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure of an account (``rostrum`` is rostrum.bsky.social) and answer what signs it in.

    A name below the sandbox's own PDS (``alice.pds.sandbox.rostrum.test``) lives there.
    """
    handle_name = (name if "." in name else f"{name}.{core.ENTRYWAY}").lower()
    at_own = handle_name.endswith(f".{core.OWN_PDS}")
    password = core.app_password_of(handle_name)
    if core.find_account(world, handle_name) is None:
        core.create_account(world, handle_name, core.OWN_PDS if at_own else core.ASSIGNED_PDS, password)
    credentials = {"identifier": handle_name, "app_password": password}
    return {**credentials, "service": f"https://{core.OWN_PDS}"} if at_own else credentials


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("bluesky.account", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, "reply" if what == "comment" else what, text, on)


def _method(ask: Ask) -> Method:
    methods = _HOSTS.get(ask.host, {})
    found = methods.get((ask.request.method, ask.nsid))
    if found:
        return found
    if any(nsid == ask.nsid for _, nsid in methods):
        raise Fail(400, "InvalidRequest", f"Incorrect HTTP method ({ask.request.method}) for {ask.nsid}")
    raise Fail(501, "MethodNotImplemented", "Method Not Implemented")
