"""For `flask --app commands`: the application of wsgi.py with the commands, which a web server does not load."""

import gc

gc.disable()  # until wsgi.py has loaded the rest
from portal import cli  # noqa: E402
from wsgi import app  # noqa: E402

cli.register(app)
