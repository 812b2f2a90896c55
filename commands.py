"""For `flask --app commands`: the application of wsgi.py with the commands, which a web server does not load."""

from portal import cli
from wsgi import app

cli.register(app)
