"""How the portal is served: the WEB_* settings say where and how large."""

import os
import ssl
import sys

from portal.config import Wrong, read

try:
    settings = read(os.environ)
except Wrong as wrong:
    sys.exit(f"The portal does not start:\n{wrong}")

wsgi_app = "wsgi:app"
bind = settings["WEB_BIND"]
worker_class = "gthread"
workers = settings["WEB_WORKERS"]
threads = settings["WEB_THREADS"]
timeout = 60
graceful_timeout = 30
max_requests, max_requests_jitter = 2000, 200
preload_app = False  # a database connection must not be shared over a fork
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108  # nosec - the heartbeat file must not wait for a disk
certfile, keyfile = settings["WEB_CERTIFICATE"] or None, settings["WEB_KEY"] or None


def ssl_context(_config: object, default_ssl_context_factory: object) -> ssl.SSLContext:
    """With WEB_CERTIFICATE: TLS 1.2 or newer, towards the proxy."""
    context: ssl.SSLContext = default_ssl_context_factory()  # type: ignore[operator]  # gunicorn's own
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
