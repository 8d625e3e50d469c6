"""Entry points about who stands in for an assistant when she is away."""

from __future__ import annotations

from typing import Any

from services.profiles.domain.cover import Cover, CoverState, invite
from services.profiles.domain.profile import require_assistant
from services.profiles.store import Owner, ProfilesStore
from shared.contracts import profiles as c
from shared.platform.errors import Conflict
from shared.platform.ids import new_id
from shared.platform.service import Call, command, query

Request = dict[str, Any]
EVENTS = {
    CoverState.INVITED: c.CoverInvited,
    CoverState.ACCEPTED: c.CoverAccepted,
    CoverState.DECLINED: c.CoverDeclined,
    CoverState.ENDED: c.CoverEnded,
}


class CoverPart:
    """Invitations go to an address; only who has it may answer."""

    store: ProfilesStore

    @command(c.InviteCover)
    def invite_cover(self, call: Call, request: Request) -> dict[str, Any]:
        me = _me(call)
        address = request["address"].strip().lower()
        live = call.tx.covers.live_of_inviter(me.id)
        made = invite(new_id(), me.id, _name(call, me), me.email, address, live, call.now)
        return self._kept(call, made)

    @command(c.AcceptCover)
    def accept_cover(self, call: Call, request: Request) -> dict[str, Any]:
        me = _me(call)
        if not me.email_confirmed:
            raise Conflict("Confirm your e-mail address first: use the link that we sent you, or ask for a new one.")
        cover = call.tx.covers.get(request["id"])
        return self._kept(call, cover.answer("accept", me.id, me.email, _name(call, me)))

    @command(c.DeclineCover)
    def decline_cover(self, call: Call, request: Request) -> dict[str, Any]:
        me = _me(call)
        cover = call.tx.covers.get(request["id"])
        return self._kept(call, cover.answer("decline", me.id, me.email, _name(call, me)))

    @command(c.EndCover)
    def end_cover(self, call: Call, request: Request) -> dict[str, Any]:
        me = _me(call)
        return self._kept(call, call.tx.covers.get(request["id"]).end(me.id, me.email))

    @query(c.ListCovers)
    def list_covers(self, call: Call, request: Request) -> dict[str, Any]:
        me = _me(call)
        others = self.store.covers.live_of_partner(me.id, me.email)
        return {
            "mine": [_shown(cover) for cover in self.store.covers.live_of_inviter(me.id)],
            "others": [{**_shown(cover), "address": ""} for cover in others],
        }

    def _kept(self, call: Call, cover: Cover) -> dict[str, Any]:
        saved = call.tx.covers.save(cover)
        partner = saved.partner_id or call.tx.owners.id_of(saved.address)
        fact = {**_shown(saved), "cover_id": saved.id, "partner_id": partner}
        call.emit(EVENTS[saved.state], saved.id, fact)
        return {**_shown(saved), "address": saved.address if saved.inviter_id == call.actor.practice_id else ""}


def _me(call: Call) -> Owner:
    """The caller's account as profiles know it; without an address while its event has not arrived."""
    call.actor.require()
    require_assistant(assistant=call.actor.has("assistant"))
    return call.tx.owners.find_one(id=call.actor.practice_id) or Owner(call.actor.practice_id, email_confirmed=False)


def _name(call: Call, me: Owner) -> str:
    """As clients know her."""
    profile = call.tx.profiles.find_one(id=me.id)
    return (profile.content.display_name if profile else "") or me.name


def _shown(cover: Cover) -> dict[str, Any]:
    told = {name: getattr(cover, name) for name in Cover.__slots__ if name not in ("version", "state")}
    return {**told, "state": cover.state.value}
