"""Bare Flask that says hello, under waitress: what everything else is compared with."""

import logging
import sys

from flask import Flask
from waitress.server import create_server

THREADS = 4  # as `stream serve`


def main(port: int = 0) -> None:
    """Serve until killed, on a free port unless one is told."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = Flask(__name__)
    app.add_url_rule("/", "hello", lambda: "hello")
    server = create_server(app, host="127.0.0.1", port=port, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
