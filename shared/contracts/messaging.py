"""Messaging: conversations between client and assistant, notifications in the app and by e-mail."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Id, Instant, Page, items, length
from shared.platform.contract import Command, Empty, Event, Message, Query

SERVICE = "messaging"


class ConversationMessage(Message):
    """`author_id` is the side's; `written_by` the account of the colleague who wrote it for the client's company.
    `locale`: the language that the author had chosen ("": not known)."""

    id = fields.String()
    author_id = fields.String()
    written_by = fields.String()
    author_name = fields.String()
    body = fields.String()
    locale = fields.String()
    sent_at = Instant()


class Conversation(Message):
    """One per negotiation (`id` is the offers' `thread_id`), carried on by the contract that comes of it."""

    id = fields.String()
    title = fields.String()
    client_id = fields.String()
    client_name = fields.String()
    assistant_id = fields.String()
    assistant_name = fields.String()
    assistant_photo_id = fields.String()
    contract_id = fields.String()
    last_message_at = Instant(allow_none=True)
    last_body = fields.String()
    unread = fields.Integer()


class ConversationPage(Message):
    """Messages oldest first; `earlier` is the cursor of those before."""

    conversation = fields.Nested(Conversation)
    messages = fields.List(fields.Nested(ConversationMessage))
    earlier = fields.String(allow_none=True)


class ReadConversationRequest(Message):
    conversation_id = Id()
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=50)


class PostRequest(Message):
    conversation_id = Id()
    body = fields.String(required=True, validate=length(1, 8000))


class SeenRequest(Message):
    conversation_id = Id()


class Conversations(Message):
    items = fields.List(fields.Nested(Conversation))
    next = fields.String(allow_none=True)


class Notification(Message):
    """`kind` is the event's name; `params` fill the sentence that the page makes of it; `path` is where it leads, for
    whoever acts for the company `company_id` where there is one."""

    id = fields.String()
    kind = fields.String()
    params = fields.Dict(keys=fields.String())
    path = fields.String()
    company_id = fields.String()
    created_at = Instant()
    read_at = Instant(allow_none=True)


class Notifications(Message):
    items = fields.List(fields.Nested(Notification))
    next = fields.String(allow_none=True)


class Counts(Message):
    """What the header of every page shows: how much waits, and the reader's own photo ("" for none)."""

    notifications = fields.Integer()
    messages = fields.Integer()
    photo_id = fields.String()


class Mail(Message):
    """An e-mail as it was or will be sent. `state`: queued, sent, failed, kept (no SMTP server is set)."""

    id = fields.String()
    to = fields.String()
    locale = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()
    kind = fields.String()
    state = fields.String()
    created_at = Instant()


class Mails(Message):
    items = fields.List(fields.Nested(Mail))
    next = fields.String(allow_none=True)


class MailboxRequest(Page):
    to = fields.String(load_default="")


class MailRequest(Message):
    mail_id = Id()


class Choice(Message):
    """A kind of what people are told, in its group. `has_*`: whether there is that channel for it; `fixed`: it cannot
    be turned off."""

    kind = fields.String()
    group = fields.String()
    app = fields.Boolean()
    mail = fields.Boolean()
    has_app = fields.Boolean()
    has_mail = fields.Boolean()
    fixed = fields.Boolean()


class ChoiceList(Message):
    items = fields.List(fields.Nested(Choice))


class ChosenKind(Message):
    kind = fields.String(required=True, validate=length(1, 80))
    app = fields.Boolean(load_default=False)
    mail = fields.Boolean(load_default=False)


class SaveChoicesRequest(Message):
    """Kinds that are not listed stay as they are."""

    items = fields.List(fields.Nested(ChosenKind), required=True, validate=items(1, 200))


class UnsubscribeLink(Message):
    """The secret of a link in an e-mail: whose it is and which kind, with our mark."""

    token = fields.String(required=True, validate=length(1, 400))


class UnsubscribeRequest(UnsubscribeLink):
    """`on`: to be written to again."""

    on = fields.Boolean(load_default=False)


ListConversations = Query(SERVICE, "list_conversations", Page, Conversations)
ReadConversation = Query(SERVICE, "read_conversation", ReadConversationRequest, ConversationPage)
MarkConversationSeen = Command(SERVICE, "mark_conversation_seen", SeenRequest, Empty, colleagues=("owner", "approver"))
PostMessage = Command(SERVICE, "post_message", PostRequest, ConversationMessage, colleagues=("owner", "approver"))
ListNotifications = Query(SERVICE, "list_notifications", Page, Notifications)
MarkNotificationsRead = Command(SERVICE, "mark_notifications_read", Empty, Empty, personal=True)
GetCounts = Query(SERVICE, "get_counts", Empty, Counts)
# Every kind of news, and what the caller has chosen.
GetChoices = Query(SERVICE, "get_choices", Empty, ChoiceList)
SaveChoices = Command(SERVICE, "save_choices", SaveChoicesRequest, ChoiceList, personal=True)
# By the link in an e-mail, without signing in.
LookAtUnsubscribe = Query(SERVICE, "look_at_unsubscribe", UnsubscribeLink, Choice)
Unsubscribe = Command(SERVICE, "unsubscribe", UnsubscribeRequest, Choice, personal=True)
# Only where the setting MAILBOX is on (the local run): every e-mail, newest first.
ListMails = Query(SERVICE, "list_mails", MailboxRequest, Mails)
GetMail = Query(SERVICE, "get_mail", MailRequest, Mail)


class MessageFact(Message):
    message_id = fields.String(required=True)
    conversation_id = fields.String(required=True)
    author_id = fields.String(required=True)
    recipient_id = fields.String(required=True)
    sent_at = Instant(required=True)


MessagePosted = Event(SERVICE, "message.posted", MessageFact)
