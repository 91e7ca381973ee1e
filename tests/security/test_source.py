"""What the code must not hold at all: the ways in which text becomes an order."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "stream").rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "stream").rglob("templates/*") if path.is_file())
SCRIPTS = sorted((ROOT / "stream" / "static" / "js").glob("*.js"))
RUNNING = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string", "literal_eval"}
UNPACKING = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "xmlrpc", "ctypes", "code", "runpy", "imp"}
GUESSABLE = {"random"}  # not for anything: what need not be secret can be had from `secrets` as well
OUTGOING = {"urllib.request", "http.client", "socket", "smtplib", "ftplib", "requests", "httpx", "telnetlib", "ssl"}
PROGRAMS = {"subprocess", "pty", "multiprocessing"}
MAY = {
    "free_memory.py": {"ctypes"},  # one function of the C library, without arguments of anybody
    "lessons/link_check.py": {"urllib.request"},  # `stream lessons check --links`, on the command line
    "mail/smtp.py": {"smtplib", "ssl"},
    "authoring/repository.py": {"subprocess"},  # git, with a list of arguments
    "pictures/apart.py": {"subprocess"},  # ourselves, to open a picture where there is nothing to break
}
AGAIN = {"cli.py"}  # the command that runs starts itself anew, with its own words
SQL = {"text", "execute", "exec_driver_sql", "executescript", "run", "row", "rows"}
ASSEMBLED = {  # statements whose varying part is a name or number that stands beside them
    "backup/databases.py",
    "comments/service.py",
    "progress/queries.py",
    "search/index.py",
    "sqlite_connections.py",
}
IN_SCRIPTS = re.compile(
    r"\.(?:inner|outer)HTML\s*=(?!=)|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment"
    r"|setHTMLUnsafe|set(?:Timeout|Interval)\(\s*[\"'`]|(?:window|parent|top|opener)\.postMessage|location\s*=\s*[^=\"'`]"
)
IN_TEMPLATES = re.compile(
    r"\|\s*(?:safe|forceescape)\b|\bxmlattr\b|\bautoescape\b|javascript:|\sstyle=|\son[a-z]+=|hx-on|data-hx-on|js:|hx-vars"
    r"|<script(?! src=\"\{\{ asset\('[^']+'\) \}\}\"| type=\"application/ld\+json\">\{\{ facts\|tojson \}\}</script>)"
    r"|<(?:iframe|object|embed|base)\b|(?:src|href|action)=\"(?:https?:)?//|(?:src|href|action)=\{\{"
)


def name_of(path: Path) -> str:
    """As the sets above name it."""
    return path.relative_to(ROOT / "stream").as_posix()


def imported(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """(what it is called on, name, call)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield "", node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield ast.unparse(node.func.value), node.func.attr, node


def is_assembled(argument: ast.expr) -> bool:
    """Whether a text is put together from parts that differ."""
    return (
        (isinstance(argument, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in argument.values))
        or (isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Add | ast.Mod))
        or (
            isinstance(argument, ast.Call)
            and isinstance(argument.func, ast.Attribute)
            and argument.func.attr == "format"
        )
    )


def orders_in(tree: ast.AST, path: str) -> Iterator[str]:
    """Line and name of each call that makes text an order."""
    for on, name, call in calls(tree):
        is_ours = name == "compile" and (on == "re" or {"language", "dialect"} & {word.arg for word in call.keywords})
        if (
            (name in RUNNING and not is_ours)
            or (on == "os" and name in ("system", "popen", "execv", "spawnl") and path not in AGAIN)
            or (on == "yaml" and name in ("load", "unsafe_load", "full_load"))
            or "shell" in {word.arg for word in call.keywords}
            or (name in SQL and any(map(is_assembled, call.args)) and path not in ASSEMBLED)
        ):
            yield f"{path}:{call.lineno} {on}.{name}"


def test_no_code_makes_orders_of_text() -> None:
    trees = ((ast.parse(path.read_text(encoding="utf-8")), name_of(path)) for path in SOURCES)
    assert [order for tree, name in trees for order in orders_in(tree, name)] == []


def test_no_code_reaches_out_or_unpacks_objects() -> None:
    for path in SOURCES:
        found = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert found & (UNPACKING | GUESSABLE | OUTGOING | PROGRAMS) == MAY.get(name_of(path), set()), name_of(path)


def test_no_template_holds_code_or_leads_to_other_hosts() -> None:
    assert len(TEMPLATES) > 100
    for path in TEMPLATES:
        assert IN_TEMPLATES.findall(path.read_text(encoding="utf-8")) == [], name_of(path)
        assert path.suffix in (".html", ".xml") or path.name.endswith("letter.txt"), "Flask escapes in no other"


def test_no_script_makes_a_page_of_text() -> None:
    for path in SCRIPTS:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if IN_SCRIPTS.search(line)] == [], path.name


def test_the_laws_find_what_they_forbid() -> None:
    forbidden = (
        "eval(x)",
        "os.system(x)",
        "yaml.load(x)",
        "run(x, shell=True)",
        'execute(f"SELECT {x}")',
        'text("a" + x)',
    )
    for code in forbidden:
        assert list(orders_in(ast.parse(code), "x.py")), code
    assert not list(orders_in(ast.parse('execute("SELECT :x", {"x": x})'), "x.py"))
    assert IN_SCRIPTS.search("a.innerHTML = b")
    assert not IN_SCRIPTS.search("a.outerHTML === b")
    for text in (
        "{{ a|safe }}",
        "<p onclick=x>",
        "<script>x</script>",
        '<a href="//x">',
        "<p style='x'>",
        "<a href={{ x }}>",
    ):
        assert IN_TEMPLATES.search(text), text
