"""Invoices of practices to their clients, and what was paid."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway import i18n
from gateway.caller import caller
from gateway.forms import Date, Form, MoneyInput, Text, posted_key
from gateway.session import needs
from gateway.web import act, done, page
from gateway.web.sides import SIDES, my_side
from shared.contracts import billing as c
from shared.platform.clock import utc_now

pages = Blueprint("invoices", __name__)

TABS = (
    ("", _l("To be paid"), ("unpaid", "partly_paid")),
    ("paid", _l("Paid"), ("paid", "refunded")),
    ("all", _l("All"), ()),
)


class PaymentForm(Form):
    amount = MoneyInput(_l("Amount that arrived"), fixed=True)
    received_on = Date(_l("On"))
    reference = Text(_l("Reference"), optional=True, most=140, placeholder=_l("As on the bank's statement"))


def today() -> date:
    return utc_now().astimezone(ZoneInfo(i18n.current_zone())).date()


@pages.get("/invoices")
@needs("client", "assistant")
def index() -> Response:
    tab = request.args.get("show", "")
    states = next((list(codes) for code, _name, codes in TABS if code == tab), [])
    listed = caller.query(c.ListInvoices, {"payment_states": states, "cursor": request.args.get("cursor", "")})
    tabs = [(name, url_for("invoices.index", show=code or None), code == tab, 0) for code, name, _codes in TABS]
    return page("invoices/index.html", listed=listed, tabs=tabs, tab=tab, **SIDES)


@pages.get("/invoices/<id>")
@needs("client", "assistant", "operator")
def invoice(id: str) -> Response:
    kept = caller.query(c.GetInvoice, {"id": id})
    form = PaymentForm(initial={"amount": kept["due"], "received_on": today()})
    return form.page("invoices/invoice.html", invoice=kept, side=my_side(kept), **SIDES)


@pages.post("/invoices/<id>/payments")
@needs("assistant")
def record_payment(id: str) -> Response:
    kept = caller.query(c.GetInvoice, {"id": id})
    form = PaymentForm()
    if form.valid:
        with form.catching():
            paid = caller.command(c.RecordPayment, {**form.payload, "invoice_id": id}, key=form.key)
            said = _("Recorded: the invoice is paid.") if paid["payment_state"] == "paid" else _("Payment recorded.")
            return done(said, url_for("invoices.invoice", id=id))
    return form.page("invoices/invoice.html", invoice=kept, side=my_side(kept), **SIDES)


@pages.post("/invoices/<id>/credit")
@needs("assistant")
def credit(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.CreditInvoice, {"invoice_id": id, "reason": reason}, key=key),
        said=_("The invoice is credited: a credit note was issued."),
        to=url_for("invoices.invoice", id=id),
    )


@pages.post("/invoices/<id>/write-off")
@needs("assistant")
def write_off(id: str) -> Response:
    key, reason = posted_key(), request.form.get("reason", "")
    return act(
        lambda: caller.command(c.WriteOffInvoice, {"invoice_id": id, "reason": reason}, key=key),
        said=_("The invoice is written off: it is no longer expected to be paid."),
        to=url_for("invoices.invoice", id=id),
    )
