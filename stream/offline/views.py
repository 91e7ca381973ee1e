"""What a browser needs to keep the site readable without a network, and to install it."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from stream.web import assets
from stream.web.bundles import bundle
from stream.web.content import catalogue
from stream.web.page import THEME_COLOR, named

blueprint = Blueprint("offline", __name__)
ICONS = (
    ("icons/icon-192.png", "192x192", "image/png", "any"),
    ("icons/icon-512.png", "512x512", "image/png", "any"),
    ("icons/icon-maskable-512.png", "512x512", "image/png", "maskable"),
    ("icon.svg", "any", "image/svg+xml", "any"),
)


@blueprint.get("/service-worker.js")
def worker() -> Response:
    """The service worker. It stands at the root, because a worker serves only what is below its own address."""
    answer = Response(bundle("service-worker.js"), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/<language>/offline")
def fallback() -> Response:
    """What the service worker shows for a page that it does not keep: the ones that it does."""
    return make_response(render_template("offline/fallback.html"))


@blueprint.get("/<language>/site.webmanifest")
def manifest() -> Response:
    """The web app manifest (W3C): what makes the site installable."""
    name = named(catalogue().site.name)
    answer = jsonify(
        id=url_for("root"),
        name=name,
        short_name=name,
        start_url=url_for("lessons.home"),
        scope=url_for("root"),
        display="standalone",
        background_color=THEME_COLOR["light"],
        theme_color=THEME_COLOR["light"],
        icons=[
            {"src": assets.address(path), "sizes": sizes, "type": kind, "purpose": purpose}
            for path, sizes, kind, purpose in ICONS
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer
