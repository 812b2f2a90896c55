"""Shell 外壳: what stands around every page: navigation, brand, static files, component macros."""

from flask import Flask, current_app, g, url_for
from sqlalchemy.exc import SQLAlchemyError

from portal import i18n, settings
from portal.i18n import gettext as _
from portal.settings import queries
from portal.shell import assets, components, drawing, gallery, navigation, views


def init_app(app: Flask) -> None:
    """Give templates the macros, the navigation and the addresses of static files; the gallery to developers alone."""
    app.config.setdefault("GALLERY", app.debug or app.testing)
    app.jinja_env.globals.update(brand=brand, logo=logo, portal_name=portal_name)
    for part in (assets, components, drawing, navigation):
        part.init_app(app)
    i18n.company_speaks(app, _company_language)
    app.register_blueprint(views.bp)
    if app.config["GALLERY"]:
        app.register_blueprint(gallery.bp)


def brand(name: str) -> str:
    """A setting that the shell shows; its default while the database is away, so that the page can say that."""
    try:
        return str(settings.value(name))
    except SQLAlchemyError:
        return str(settings.NAMES[name].default)


def portal_name() -> str:
    """The portal with its company's name; before anybody has given it one, the portal alone."""
    company = settings.given_name(brand("company_name"))
    return _("%(company)s performance portal", company=company) if company else _("Performance portal")


def logo() -> str:
    """The address of the company's logo; empty = the brand mark is a character."""
    try:
        digest = queries.logo()
    except SQLAlchemyError:
        return ""
    return url_for("shell.logo", v=digest[:12]) if digest else ""


def _company_language() -> str:
    """What HR set; until then what the machine's settings say."""
    chosen = brand("language")
    return chosen if "language" in g.get("settings", ()) else str(current_app.config["LANGUAGE"])
