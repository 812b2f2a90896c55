"""Running: the web server and the worker as programs of this machine, for `make serve` and `make run`."""
