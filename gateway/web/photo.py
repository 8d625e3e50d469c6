"""The photo of a practice."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.caller import caller, maybe
from gateway.forms import FileInput, Form, posted_key
from gateway.security import UPLOAD_LIMIT, limiter
from gateway.session import needs
from gateway.uploads import send, takes_file
from gateway.web import act, done
from shared.contracts import practice_files as c
from shared.contracts import profiles

pages = Blueprint("photo", __name__)


class PhotoForm(Form):
    file = FileInput(
        _l("Picture"),
        purpose="photo",
        hint=_l("JPEG, PNG or WebP, at most 8 MB. We cut it to a square; your face belongs in the middle."),
    )


@pages.route("/practice/photo", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@needs("assistant")
@takes_file("photo")
def edit() -> Response:
    kept = caller.queries(profile=maybe(profiles.GetMyProfile))["profile"]
    if kept and kept["state"] == "published":
        caller.counts["photo_id"] = kept["photo_id"]  # the header may not have heard of a new one yet
    form = PhotoForm()
    if form.valid and kept:
        with form.catching():
            file = send(form.file.value, "photo", form.key)
            caller.command(c.SetPhoto, {"file_id": file["id"]}, key=f"{form.key}-set")
            return done(_("Your photo is there. This is how clients see it."), url_for("photo.edit"))
    return form.page("practice/photo.html", kept=kept)


@pages.post("/practice/photo/remove")
@needs("assistant")
def remove() -> Response:
    key = posted_key()
    return act(
        lambda: caller.command(c.RemovePhoto, key=key),
        said=_("The photo is removed. Your initials take its place."),
        to=url_for("photo.edit"),
    )
