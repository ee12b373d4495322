"""The simulated hub: subscriptions, and the Atom feeds that it sends, signed.

It sends to the sandbox's endpoint whether asked to or not, so that there is something to receive; a subscription with a
secret of its own is signed with that. The handshake (a GET to the callback) is not simulated.
https://developers.google.com/youtube/v3/guides/push_notifications, read 2026-11-22.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from shared.platforms import _pushes
from shared.platforms._google.simulator import Asked
from shared.platforms.contract import Push, World
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube import wire
from shared.platforms.youtube.webhooks import LEASE_SECONDS, TOPIC
from shared.ports.http import Response

HOST: Final = "pubsubhubbub.appspot.com"
SANDBOX_SECRET: Final = "sandbox-secret"
_FIELDS: Final = {
    "hub.mode", "hub.topic", "hub.callback", "hub.verify", "hub.secret", "hub.lease_seconds", "hub.verify_token",
}  # fmt: skip
_XMLNS: Final = 'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom"'


def subscribe(asked: Asked) -> Response:
    """POST /subscribe: taken at once, asked back later."""
    form = asked.form()
    topic, callback = form.get("hub.topic", ""), form.get("hub.callback", "")
    lease = form.get("hub.lease_seconds", str(LEASE_SECONDS))
    if form.get("hub.mode") not in {"subscribe", "unsubscribe"} or not set(form) <= _FIELDS:
        return _said(400, "Invalid value for hub.mode")
    if not topic.startswith(TOPIC) or urlsplit(callback).scheme not in {"http", "https"}:
        return _said(400, "Invalid value for hub.topic or hub.callback")
    if not lease.isdecimal() or len(form.get("hub.secret", "").encode()) > 199:
        return _said(400, "Invalid value for hub.lease_seconds or hub.secret")
    channel = topic.removeprefix(TOPIC)
    if form["hub.mode"] == "unsubscribe":
        asked.world.delete("yt.hub", channel)
    else:
        until = asked.world.now.timestamp() + min(int(lease), LEASE_SECONDS)
        kept = {"callback": callback, "secret": form.get("hub.secret", ""), "until": until}
        asked.world.put("yt.hub", channel, kept)
    return _said(202, "")


def changed(world: World, video: Mapping[str, Any]) -> None:
    """A video that the public sees is new, or its title or description is."""
    if not state.is_shown(world, video):
        return
    channel = world.get("yt.person", str(video["channel"])) or {}
    page = f"https://www.youtube.com/channel/{video['channel']}"
    entry = f"""<entry>
  <id>yt:video:{video["id"]}</id>
  <yt:videoId>{video["id"]}</yt:videoId>
  <yt:channelId>{video["channel"]}</yt:channelId>
  <title>{escape(str(video["snippet"]["title"]))}</title>
  <link rel="alternate" href="{wire.permalink(str(video["id"]), "")}"/>
  <author>
   <name>{escape(str(channel.get("title", "")))}</name>
   <uri>{page}</uri>
  </author>
  <published>{state.went_public(world, video).isoformat()}</published>
  <updated>{world.now.isoformat()}</updated>
 </entry>"""
    _send(world, str(video["channel"]), f"<feed {_XMLNS}>", entry)


def deleted(world: World, video: Mapping[str, Any]) -> None:
    """A video that the public saw is gone."""
    page = f"https://www.youtube.com/channel/{video['channel']}"
    entry = f"""<at:deleted-entry ref="yt:video:{video["id"]}" when="{world.now.isoformat()}">
  <link href="{wire.permalink(str(video["id"]), "")}"/>
  <at:by>
   <name>the channel</name>
   <uri>{page}</uri>
  </at:by>
 </at:deleted-entry>"""
    head = '<feed xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns="http://www.w3.org/2005/Atom">'
    _send(world, str(video["channel"]), head, entry)


def _send(world: World, channel: str, head: str, entry: str) -> None:
    topic = TOPIC + channel
    links = f"""<link rel="hub" href="https://pubsubhubbub.appspot.com"/>
 <link rel="self" href="{topic}"/>
 <title>YouTube video feed</title>
 <updated>{world.now.isoformat()}</updated>"""
    body = f"<?xml version='1.0' encoding='UTF-8'?>\n{head}\n {links}\n {entry}\n</feed>\n".encode()
    kept = world.get("yt.hub", channel) or {}
    alive = kept and kept["until"] > world.now.timestamp()
    secret = str((kept["secret"] if alive else "") or SANDBOX_SECRET)
    headers = {
        "content-type": "application/atom+xml",
        "link": f'<{topic}>; rel=self, <http://pubsubhubbub.appspot.com/>; rel="hub"',
        "x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, "sha1").hexdigest(),
    }
    _pushes.append(world, Push(f"youtube-{world.serial('yt.push')}", world.now, headers, body))


def _said(status: int, text: str) -> Response:
    return Response(status, {"content-type": "text/plain; charset=utf-8"}, text.encode())
