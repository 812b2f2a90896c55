"""How the portal is served. WEB_WORKERS and WEB_THREADS change the size, WEB_BIND the place."""

import os

wsgi_app = "wsgi:app"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30
max_requests, max_requests_jitter = 2000, 200
preload_app = False  # a database connection must not be shared over a fork
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108  # nosec - the heartbeat file must not wait for a disk
