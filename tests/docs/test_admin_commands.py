"""The admin's handbook, followed word for word: every block of commands runs, in order, in a folder instead of `/`.

Really run: the virtual environment, the installation of this checkout, every `stream` command, the site by its unit,
nginx and Caddy with the installed configurations. Only looked at: what would change the machine (`stand_ins.py`).
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import sample

import given
import pytest
from browser import free_port

ROOT = Path(__file__).parent.parent.parent
STAND_INS = Path(__file__).parent / "stand_ins.py"
HANDBOOK = (ROOT / "docs" / "admin.en.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CADDY = shutil.which("caddy")
HOST = "school.example"
NAMES = "sudo apt-get adduser git install runuser systemctl certbot nginx docker".split()
NGINX_CONF = """
{user} pid {root}/nginx.pid; error_log {root}/nginx.log;
events {{}}
http {{
    client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4;
    scgi_temp_path {root}/t5; access_log off; gzip on;
    include {root}/etc/nginx/sites-enabled/*;
}}
"""

pytestmark = pytest.mark.skipif(
    not (NGINX and CADDY and shutil.which("systemd-analyze")) and not os.environ.get("CI"),
    reason="apt-get install nginx-light caddy systemd",
)


def lasting_port() -> int:
    """A free port that no outgoing connection takes until it is needed, some seconds later."""
    for port in sample(range(20_000, 30_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


def blocks(language: str) -> list[str]:
    """The code blocks of the handbook in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", HANDBOOK, re.DOTALL | re.MULTILINE)


@dataclass(slots=True)
class Machine:
    """A folder that stands for a fresh Debian."""

    root: Path
    environment: dict[str, str]

    def type(self, commands: str) -> subprocess.CompletedProcess[str]:
        """Type commands in one terminal, stopping at the first that fails."""
        script = self.root / "typed.sh"
        code = "from stand_ins import moved; import sys; sys.stdout.write(moved(sys.stdin.read()))"
        there = {**self.environment, "PYTHONPATH": str(STAND_INS.parent)}
        asked = [sys.executable, "-c", code]
        moved = subprocess.run(asked, input=commands, env=there, capture_output=True, text=True, check=True)
        script.write_text(f"set -euxo pipefail\n{moved.stdout}", encoding="utf-8")
        answers = f"{given.PASSWORD}\n{given.PASSWORD}\n"
        return subprocess.run(
            ["bash", script], input=answers, env=self.environment, capture_output=True, text=True, cwd=self.root,
            start_new_session=True,
        )  # fmt: skip

    def end(self) -> None:
        """End what was started."""
        for file in (self.root / "pids").glob("*"):
            os.kill(int(file.read_text()), signal.SIGTERM)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The folder, with programs that stand in for those that would change the machine."""
    root = tmp_path_factory.mktemp("debian")
    world = {"root": str(root), "checkout": str(ROOT), "nginx": NGINX, "port": lasting_port(), "http": lasting_port(),
             "https": lasting_port()}  # fmt: skip
    for folder in ("bin", "etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/nginx/snippets", "etc/caddy",
                   "etc/systemd/system", "usr/local/bin", "opt", "srv", "var/lib", "var/www/html"):  # fmt: skip
        (root / folder).mkdir(parents=True)
    for name in NAMES:
        _program(root / "bin" / name, f'exec {sys.executable} {STAND_INS} {name} "$@"')
    _program(root / "bin" / "python3", f'exec {sys.executable} "$@"')
    user = "user root;" if os.geteuid() == 0 else ""
    (root / "etc/nginx/nginx.conf").write_text(NGINX_CONF.format(root=root, user=user))
    resolved = f"connect-to = {HOST}:443:127.0.0.1:{world['https']}\ninsecure\n"
    (root / ".curlrc").write_text(resolved)
    (root / "etc/nginx/sites-enabled/default").write_text("# Debian's own")
    environment = {
        "PATH": f"{root}/bin:{root}/usr/local/bin:{os.environ['PATH']}",
        "HOME": str(root),
        "CURL_HOME": str(root),
        "WORLD": json.dumps(world),
        "STREAM_PORT": str(world["port"]),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONPATH": str(_locked_packages(root / "locked")),
    }
    made = Machine(root, environment)
    yield made
    made.end()


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def _locked_packages(folder: Path) -> Path:
    """The packages that are installed here from the lock, so that pip needs no network for them; not Stream."""
    folder.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(("__editable__", "stream_learning", "pip", "__pycache__", "_virtualenv")):
            (folder / path.name).symlink_to(path)
    return folder


def test_the_handbook_leads_from_a_fresh_debian_to_a_running_site(machine: Machine) -> None:
    run = machine.type("\n".join(blocks("sh")).replace("HOST=learn.example.org", f"HOST={HOST}"))
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr[-5000:]}"
    assert run.stdout.count('"status":"ok"') == 2, "the site answers on its port and through nginx"
    assert "made admin minji" in run.stdout
    assert "Valid configuration" in run.stdout
    assert not re.search("^fault ", run.stdout, re.MULTILINE), "stream doctor finds nothing to mend"
    assert re.search(r"restored 1 members, \d+ events", run.stdout)
    root = machine.root
    assert (root / "opt/stream/venv/lib").is_dir()
    assert sorted(path.name for path in (root / "etc/nginx/sites-enabled").iterdir()) == ["stream.conf"]
    assert list((root / "var/lib/stream/backups").iterdir())
    units = sorted((root / "etc/systemd/system").iterdir())
    seen = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert [line for line in seen.stderr.splitlines() if str(root) in line] == []
    assert oct((root / "etc/stream.env").stat().st_mode)[-3:] == "640"
    assert oct((root / "var/lib/stream/secret_key").stat().st_mode)[-3:] == "600"


def test_the_blocks_for_a_path_of_a_host_are_configurations(machine: Machine) -> None:
    (server,), (caddyfile,) = blocks("nginx"), blocks("caddy")
    folder, checkout = machine.root / "etc/nginx", ROOT / "deploy" / "nginx"
    shutil.copy(checkout / "stream-proxy.conf", folder / "snippets")
    (folder / "below.conf").write_text(f"events {{}} http {{ server {{ listen 127.0.0.1:{free_port()}; {server} }} }}")
    asked = [NGINX or "", "-t", "-p", folder, "-c", folder / "below.conf", "-e", machine.root / "nginx.log"]
    assert subprocess.run([*asked, "-g", f"pid {machine.root}/below.pid;"], capture_output=True).returncode == 0
    (machine.root / "Caddyfile").write_text(caddyfile)
    asked = [CADDY or "", "validate", "--config", machine.root / "Caddyfile"]
    assert subprocess.run(asked, capture_output=True, env=machine.environment).returncode == 0
