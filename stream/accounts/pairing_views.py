"""The web around pairing: the code on one device, the form on the other."""

import logging

from flask import Response, make_response, render_template, request, url_for

from stream.accounts import forms, guard, login, pairing, words
from stream.accounts.login import members_only
from stream.accounts.names import LONGEST, tidied
from stream.accounts.problems import InvalidInput
from stream.accounts.qr import qr_code
from stream.accounts.views import arrive, blueprint, device, trace_of
from stream.web.content import at
from stream.web.page import public, site_settings

log = logging.getLogger(__name__)


@blueprint.get("/me/pair")
@members_only
def pair_code() -> Response:
    """What pairing is, and the button that shows a code."""
    return _code_page()


@blueprint.post("/me/pair")
@members_only
def show_pair_code() -> Response:
    """Show a code, this once. The address of the form leads to the name, never to the code."""
    me = login.member()
    assert me is not None, "this page is for members"
    code = pairing.show_code(me.id, at())
    address = public(url_for("accounts.pair", username=me.username))
    return _code_page(code=code, address=address, qr=qr_code(address))


@blueprint.get("/pair")
def pair() -> Response:
    """The form on the second device."""
    return _form(request.args.get("username", ""))


@blueprint.post("/pair", endpoint="pair_post")
def pair_device() -> Response:
    """Sign this device in."""
    typed = forms.entry(request.form)
    try:
        with guard.charged(guard.pairing_budgets(typed.username, site_settings())):
            token = pairing.pair(typed.username, request.form.get("code", "")[:40], device(), at())
    except InvalidInput as wrong:
        log.info("code refused for account %s", trace_of(typed.username))
        return _form(typed.username, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        log.warning("too many codes for account %s", trace_of(typed.username))
        answer = _form(typed.username, 429, {"code": words.too_many(many.seconds)})
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    return arrive(token, typed)


def _code_page(**shown: object) -> Response:
    minutes = int(pairing.VALID_FOR.total_seconds()) // 60
    context = {"code": "", "address": "", "qr": None, **shown}
    return make_response(render_template("accounts/pair_code.html", minutes=minutes, **context))


def _form(username: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    name = tidied(username)[: LONGEST * 3]
    return make_response(render_template("accounts/pair.html", username=name, errors=errors or {}), status)
