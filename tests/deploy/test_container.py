"""No container engine runs in the tests: what the files name must at least be there, and go together."""

import json
import re
import shlex
from pathlib import Path

import yaml

from stream.cli import main
from stream.settings import described

ROOT = Path(__file__).parent.parent.parent
FILE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [tuple(line.split(maxsplit=1)) for line in FILE.splitlines() if line and not line.startswith("#")]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


def steps(word: str) -> list[str]:
    return [rest for first, rest in STEPS if first == word]


def copied() -> set[str]:
    """What is taken from the checkout."""
    lines = [shlex.split(rest) for rest in steps("COPY") if not rest.startswith("--from")]
    return {path for *paths, _target in lines for path in paths}


def test_only_steps_that_engines_know_are_used() -> None:
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert {first for first, _ in STEPS} <= known
    assert [line.split()[0].count(":") for line in steps("FROM")] == [1, 1], "the base is named by its tag"


def test_all_that_is_copied_exists_and_is_sent_to_the_engine() -> None:
    assert all((ROOT / path).exists() for path in copied())
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(sent) == copied()


def test_all_that_the_package_is_made_of_is_copied() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    beside = re.findall(r'"stream\.\w+" = "(\w+)"', project) + re.findall(r'^readme = "(.+)"', project, re.MULTILINE)
    assert {*beside, "stream", "pyproject.toml"} <= copied()


def test_what_is_run_exists() -> None:
    (start,) = steps("CMD")
    shell, flag, script = json.loads(start)
    assert (shell, flag) == ("sh", "-c")
    assert all(name in main.commands for name in re.findall(r"stream (\w+)", script))
    (check,) = steps("HEALTHCHECK")
    program, flag, code = json.loads(check[check.index("[") :])
    assert (program, flag) == ("python", "-c")
    compile(code, "HEALTHCHECK", "exec")
    assert "/healthz" in code


def test_it_does_not_run_as_root_and_writes_only_into_volumes() -> None:
    assert steps("USER") == ["stream"]
    (volumes,) = steps("VOLUME")
    places = re.findall(r"STREAM_(?:INSTANCE|LESSONS)=(\S+)", FILE)
    assert all(any(place.startswith(volume) for volume in json.loads(volumes)) for place in places)
    mounted = [volume.split(":")[1] for volume in COMPOSE["services"]["stream"]["volumes"]]
    assert mounted == json.loads(volumes)


def test_compose_names_files_volumes_and_settings_that_exist() -> None:
    services = COMPOSE["services"]
    build = services["stream"]["build"]
    assert (ROOT / "deploy" / build["context"] / build["dockerfile"]).is_file()
    named = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]
    assert all((ROOT / "deploy" / name).exists() if "/" in name else name in COMPOSE["volumes"] for name in named)
    assert set(services["stream"]["environment"]) <= {name for name, _, _ in described()}
    caddyfile = (ROOT / "deploy" / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    assert all(f"{{${name}:" in caddyfile for name in services["caddy"]["environment"])
