"""Shell 外壳: what stands around every page: navigation, language switch, static files, component macros."""

from flask import Flask

from portal.shell import assets, components, gallery, navigation, views


def init_app(app: Flask) -> None:
    """Give templates the macros, the navigation and the addresses of static files; the gallery to developers alone."""
    app.config.setdefault("COMPANY_NAME", "")
    app.config.setdefault("GALLERY", app.debug or app.testing)
    for part in (assets, components):
        part.init_app(app)
    app.jinja_env.globals.update(navigation=navigation.groups, tabs=navigation.tabs)
    app.register_blueprint(views.bp)
    if app.config["GALLERY"]:
        app.register_blueprint(gallery.bp)
