"""What the commands of the admin's handbook meet in a test instead of the machine's own: run as `stand_ins.py NAME …`.

Each looks at what it was given, notes it, and does what leaves the machine alone: copies, processes of the test's own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

WORLD = json.loads(os.environ["WORLD"])  # root, checkout, port, http, https, nginx
ROOT = Path(WORLD["root"])
PLACES = re.compile(r"(?<![\w.])/(opt/stream|srv/stream|var/lib/stream|var/www|usr/local/bin|etc)(?=/|\b)")


def moved(text: str) -> str:
    """`text` with the machine's places below `root` and the well-known ports where they are free."""
    text = PLACES.sub(rf"{ROOT}/\1", text).replace("127.0.0.1:8000", f"127.0.0.1:{WORLD['port']}")
    for known, free in (("80", WORLD["http"]), ("443", WORLD["https"])):
        text = text.replace(f"listen {known}", f"listen 127.0.0.1:{free}").replace(f"[::]:{known}", f"[::1]:{free}")
    return text


def sudo(*words: str) -> None:
    given = [word for word in words if re.match(r"[A-Z]+=", word)]
    os.environ.update(word.split("=", 1) for word in given)
    become(*words[len(given) :])


def apt_get(act: str, *words: str) -> None:
    assert act in ("update", "install"), act
    assert act == "update" or words[0] == "--yes"
    assert all(re.fullmatch(r"[a-z0-9-]+", word) for word in words)


def adduser(*words: str) -> None:
    assert words == ("--system", "--group", "--no-create-home", "--home", f"{ROOT}/var/lib/stream", "stream")


def git(act: str, source: str, target: str) -> None:
    """Takes the checkout as it lies there, with the places in `deploy` moved; there is never anything newer."""
    if (act, source, target) == ("-C", f"{ROOT}/opt/stream/source", "pull"):
        return
    assert (act, source) == ("clone", "https://example.org/stream.git")
    checkout = WORLD["checkout"]
    asked = ["git", "-C", checkout, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    path = os.environ["PATH"].split(":", 1)[1]
    files = subprocess.run(asked, capture_output=True, text=True, check=True, env={**os.environ, "PATH": path}).stdout
    for name in filter(None, files.split("\0")):
        source_file, copy = Path(checkout, name), Path(target, name)
        if name.startswith("tests/") or not source_file.is_file():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source_file, copy)
        if name.startswith("deploy/"):
            copy.write_text(moved(copy.read_text(encoding="utf-8")), encoding="utf-8")


def install(*words: str) -> None:
    """The real one, but owners are only looked at."""
    left = list(words)
    for flag in ("-o", "-g"):
        if flag in left:
            at = left.index(flag)
            assert left[at + 1] in ("root", "stream")
            del left[at : at + 2]
    become("/usr/bin/install", *left)


def runuser(flag: str, user: str, dashes: str, *words: str) -> None:
    assert (flag, user, dashes) == ("-u", "stream", "--")
    become(*words)


def systemctl(act: str, *words: str) -> None:
    """Starts what the installed unit says, in the environment it says."""
    match act, words:
        case "daemon-reload", ():
            return
        case "enable", ("--now", *units):
            units = [unit if "." in unit else f"{unit}.service" for unit in units]
            assert all((ROOT / "etc/systemd/system" / unit).is_file() for unit in units), units
            start_site()
        case "restart", ("stream",):
            stop_site()
            start_site()
        case "reload", ("nginx",):
            start("nginx", [*nginx_command(), "-g", "daemon off;"])
        case "stop", ("stream",):
            stop_site()
        case "start", ("stream",):
            start_site()
        case ("reload", ("caddy",)) | ("status" | "list-timers" | "start", _):
            return
        case _:
            raise AssertionError((act, words))


def certbot(act: str, *words: str) -> None:
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert (act, words[0], options["--webroot-path"]) == ("certonly", "--webroot", f"{ROOT}/var/www/html")
    folder = ROOT / "etc/letsencrypt/live" / options["--domain"]
    folder.mkdir(parents=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(folder / "privkey.pem")]
    made = ["-x509", "-days", "2", "-subj", f"/CN={options['--domain']}", "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", "req", *key, *made], check=True, capture_output=True)


def nginx(*words: str) -> None:
    become(*nginx_command(), *words)


def docker(*words: str) -> None:
    assert words[:2] == ("compose", "--file")
    assert Path(words[2]).is_file()
    assert os.environ["SITE"]
    assert words[3:] in (
        ("up", "--detach", "--build"),
        ("exec", "stream", "stream", "users", "create", "jun", "--admin"),
    )


def nginx_command() -> list[str]:
    folder = ROOT / "etc/nginx"
    return [WORLD["nginx"], "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(ROOT / "nginx.log")]


def start_site() -> None:
    unit = (ROOT / "etc/systemd/system/stream.service").read_text(encoding="utf-8")
    words = " ".join(re.findall(r"^Environment=(.+)", unit, re.MULTILINE)).split()
    lines = (ROOT / "etc/stream.env").read_text(encoding="utf-8").splitlines()
    settings = [line for line in (*words, *lines) if "=" in line and not line.startswith("#")]
    os.environ.update(line.split("=", 1) for line in settings)
    start("stream", re.findall(r"^ExecStart=(.+)", unit, re.MULTILINE)[0].split())


def stop_site() -> None:
    pid = int((ROOT / "pids/stream").read_text())
    os.kill(pid, 15)
    while Path(f"/proc/{pid}/cmdline").is_file() and Path(f"/proc/{pid}/cmdline").read_bytes():
        time.sleep(0.02)


def start(name: str, command: list[str]) -> None:
    (ROOT / "pids").mkdir(exist_ok=True)
    with (ROOT / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    (ROOT / "pids" / name).write_text(str(process.pid))


def become(*words: str) -> None:
    os.execvp(words[0], words)


if __name__ == "__main__":
    name, given = sys.argv[1], sys.argv[2:]
    with (ROOT / "acts").open("a") as acts:
        print(name, *given, file=acts)
    globals()[name.replace("-", "_")](*given)
