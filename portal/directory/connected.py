"""The company directory of this application: one adapter, made from its LDAP_* settings."""

from flask import Flask, current_app

from portal.directory.ldap import Directory, Settings

SYNC = "directory.sync"
"""The job that brings people up to date; `portal.sync` works it, a login of somebody new asks for it."""


def init_app(app: Flask) -> None:
    """Make the adapter; no LDAP_URL = none, and only the local administrator can sign in. Raises SettingsWrong."""
    given = app.config.get("DIRECTORY")
    if given is None and app.config.get("LDAP_URL"):
        given = Directory(Settings.from_config(app.config))
    app.extensions["directory"] = given


def connected() -> Directory | None:
    """The adapter, if a directory is set up."""
    found: Directory | None = current_app.extensions["directory"]
    return found
