"""Conversations and notifications."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import sentences, session
from gateway.caller import caller, maybe
from gateway.forms import Form, LongText, posted_key
from gateway.session import needs
from gateway.web import act, done, fragment, page, wants_fragment
from shared.contracts import messaging
from shared.platform.errors import DextraError, Unauthenticated

pages = Blueprint("inbox", __name__)


class MessageForm(Form):
    body = LongText(_l("Your message"), most=8000, rows=4)


def other_side(conversation: dict[str, Any]) -> dict[str, str]:
    """Id and name of whom the reader talks with."""
    mine = session.required().party_id == conversation["client_id"]
    side = "assistant" if mine else "client"
    photo = conversation.get("assistant_photo_id", "") if mine else ""
    return {"id": conversation[f"{side}_id"], "name": conversation[f"{side}_name"], "side": side, "photo": photo}


@pages.get("/conversations")
@needs()
def conversations() -> Response:
    listed = caller.query(messaging.ListConversations, {"cursor": request.args.get("cursor", "")})
    return page("inbox/conversations.html", listed=listed, other_side=other_side)


@pages.route("/conversations/<id>", methods=["GET", "POST"])
@needs()
def conversation(id: str) -> Response:
    form = MessageForm()
    if form.valid:
        with form.catching():
            caller.command(messaging.PostMessage, {"conversation_id": id, "body": form.body.value}, key=form.key)
            return done(_("Your message is sent."), url_for("inbox.conversation", id=id, _anchor="end"))
    cursor = request.args.get("cursor", "")
    got = caller.queries(
        read=(messaging.ReadConversation, {"conversation_id": id, "cursor": cursor}),
        seen=maybe(messaging.MarkConversationSeen, {"conversation_id": id}),
    )
    talk = got["read"]["conversation"]
    return form.page(
        "inbox/conversation.html",
        talk=talk,
        messages=got["read"]["messages"],
        earlier=got["read"].get("earlier"),
        other=other_side(talk),
    )


@pages.get("/notifications")
@needs()
def notifications() -> Response:
    listed = caller.query(messaging.ListNotifications, {"cursor": request.args.get("cursor", "")})
    return page("inbox/notifications.html", listed=listed, sentence=sentences.of_notification)


@pages.post("/notifications/read")
@needs()
def read_notifications() -> Response:
    """By the button; or by htmx when the list was opened, so that the badge is gone on the next page."""
    key = posted_key()
    if wants_fragment("mark-read"):
        try:
            caller.command(messaging.MarkNotificationsRead, key=key)
        except Unauthenticated:
            raise
        except DextraError:
            return fragment("inbox/_mark_read.html", failed=True)
        return fragment("inbox/_mark_read.html", failed=False)
    return act(
        lambda: caller.command(messaging.MarkNotificationsRead, key=key),
        said=_("All notifications are marked as read."),
        to=url_for("inbox.notifications"),
    )
