"""nginx and Caddy with the configurations of `deploy/`: only ports, certificate and folders are other ones."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browser import free_port

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
HOST = "learn.example.org"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CADDY = shutil.which("caddy")


def needs(program: str | None, package: str) -> pytest.MarkDecorator:
    """Skip where a program is missing, but never in CI, which installs it."""
    return pytest.mark.skipif(not program and not os.environ.get("CI"), reason=f"apt-get install {package}")


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Proxy:
    """A running proxy, and the ports on which it listens."""

    process: subprocess.Popen[bytes]
    http: int
    https: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: bytes | str | None = None, *, secure: bool = True,
            host: str = HOST, origin: str = "127.0.0.1", **headers: str) -> Answer:  # fmt: skip
        """Ask as a browser does that believes this machine to be HOST; keeps cookies."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)
        if secure:
            connection.sock = self.connect(origin=origin)
        sent = {"Host": host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        with closing(connection.sock or connection):
            return self._sent(connection, method, path, body, sent)

    def _sent(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | str | None,
        headers: Mapping[str, str],
    ) -> Answer:  # fmt: skip
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        found = connection.getresponse()
        answer = Answer(found.status, found.headers, found.read())
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def connect(self, *protocols: str, origin: str = "127.0.0.1") -> ssl.SSLSocket:
        """An encrypted connection to the site, from one of this machine's own addresses."""
        context = ssl._create_unverified_context()
        if protocols:
            context.set_alpn_protocols(list(protocols))
        plain = socket.create_connection(("127.0.0.1", self.https), 20, source_address=(origin, 0))
        return context.wrap_socket(plain, server_hostname=HOST)

    def stop(self) -> None:
        """Stop the proxy, and wait until it has."""
        self.process.terminate()
        self.process.wait(20)


def nginx(folder: Path, upstream: int, *, caching: bool = False) -> Proxy:
    """nginx in `folder`, in front of the site on port `upstream`; `caching` keeps what it is allowed to keep."""
    assert NGINX, "nginx is missing: sudo apt-get install nginx-light"
    ports = {"80": free_port(), "443": free_port()}
    shutil.copytree(DEPLOY / "nginx", folder / "snippets", dirs_exist_ok=True)
    site = folder / "snippets" / "stream.conf"
    changes = [("[::]:", "[::1]:"), (f"/etc/letsencrypt/live/{HOST}", str(folder))]
    changes += [(f"listen {port}", f"listen 127.0.0.1:{free}") for port, free in ports.items()]
    changes += [(f"listen [::1]:{port}", f"listen [::1]:{free}") for port, free in ports.items()]
    _change(site, changes)
    _change(folder / "snippets" / "stream-proxy.conf", [("127.0.0.1:8000", f"127.0.0.1:{upstream}")])
    certificate(folder)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
    others = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("uwsgi", "scgi"))
    kept = (
        f"proxy_cache_path {folder}/kept keys_zone=kept:1m; proxy_cache kept; add_header X-Kept $upstream_cache_status;"
    )
    kept += "proxy_cache_methods GET HEAD; proxy_cache_revalidate on;"
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ {temporary} {others} {kept if caching else ''} gzip on; include {site}; }}"
    )
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    return _running(Proxy(subprocess.Popen(command, stderr=subprocess.DEVNULL), ports["80"], ports["443"]))


def caddy(folder: Path, upstream: int) -> Proxy:
    """Caddy in `folder`, in front of the site on port `upstream`, with a certificate of its own."""
    assert CADDY, "Caddy is missing: sudo apt-get install caddy"
    plain, secure = free_port(), free_port()
    options = (
        f"admin off\nlocal_certs\nskip_install_trust\nhttp_port {plain}\nhttps_port {secure}\ndefault_bind 127.0.0.1"
    )
    (folder / "Caddyfile").write_text(f"{{\n{options}\n}}\nimport {DEPLOY}/caddy/Caddyfile\n")
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    own = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "STREAM_UPSTREAM": f"127.0.0.1:{upstream}"}
    log = (folder / "log").open("wb")
    with log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stderr=log)
    return _running(Proxy(process, plain, secure))


def certificate(folder: Path) -> None:
    """A certificate that nobody has signed, where Let's Encrypt's would lie."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(folder / "privkey.pem")]
    made = ["-x509", "-days", "2", "-subj", f"/CN={HOST}", "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", "req", *key, *made], check=True, capture_output=True)


def _change(file: Path, changes: list[tuple[str, str]]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, (file, old)
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def _running(proxy: Proxy) -> Proxy:
    def answers() -> bool:
        try:
            proxy.connect().close()
        except OSError:
            return False
        return True

    await_that(answers)
    return proxy


def await_that(true: Callable[[], bool]) -> None:
    """Wait until something from another process is true."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
