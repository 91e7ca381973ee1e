// htmx is fetched when something on the page first wants it: whoever only reads needs none of it. What is done before it is
// here waits for it. Where it cannot be fetched, that is a request that met no network, and is told and kept like one.

const WANTING = "[data-hx-get], [data-hx-post]";
const waiting = new Set(); // elements whose act waits: pressed twice is meant once
let coming, hasCome;

const { root, talk } = document.body.dataset;

// Not as soon as its script has run: htmx looks at the page in a turn of its own.
const isHere = () => Boolean(window.htmx) && (!coming || hasCome);

// Marks beside paragraphs and the first note on one are told only now how they open in place: a page has many.
function prepare(element) {
  const mark = element.closest?.(".thread-mark:not([data-hx-get])");
  if (mark) {
    const how = { "data-hx-get": mark.getAttribute("href"), "data-hx-target": "closest div", "data-hx-swap": "outerHTML" };
    for (const [name, value] of Object.entries(how)) mark.setAttribute(name, value);
    window.htmx?.process(mark);
  }
  const place = element.closest?.("[data-hx-target^='#mine-']")?.dataset.hxTarget;
  if (place && !document.querySelector(place)) {
    element.closest(".thread")?.after(Object.assign(document.createElement("div"), { id: place.slice(1), className: "note-place" }));
  }
}

function fetched() {
  style(); // for failures too
  if (!navigator.onLine) return Promise.reject(new Error("offline")); // there, htmx could only fail as well
  coming ??= Promise.all([script(), style()]).then(
    () => (hasCome = true),
    (error) => {
      coming = undefined;
      throw error;
    },
  );
  return coming;
}

function added(name, attributes) {
  const element = Object.assign(document.createElement(name), attributes);
  document.head.append(element);
  return new Promise((resolve, refuse) => Object.assign(element, { onload: resolve, onerror: refuse }));
}

async function script() {
  await added("script", { src: root + words.htmx });
  await new Promise((resolve) => setTimeout(resolve)); // behind htmx's own turn
}

// How talk and what acts bring look, where the page did not need it at first. Where it cannot be had, it is shown plainly.
let styled;
const style = () => (styled ??= talk ? added("link", { rel: "stylesheet", href: talk }).catch(() => {}) : Promise.resolve());

// Read out politely and shown for a moment, like what the server announces.
async function announce({ detail }) {
  await style();
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = detail;
  document.querySelector("#announcer").replaceChildren(line);
}

// A hand on it, or the focus: by the time it is pressed, htmx is mostly there.
function onNear({ target }) {
  prepare(target);
  if (!isHere() && target.closest?.(WANTING)) fetched().catch(() => {});
}

function later(event, element, act, fail) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.has(element)) return;
  waiting.add(element);
  fetched().then(act, fail).finally(() => waiting.delete(element));
}

function onClick(event) {
  prepare(event.target);
  const link = event.target.closest?.("a:is([data-hx-get], [data-hx-post])");
  const isOurs = link && !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (isOurs && !isHere()) later(event, link, () => link.click(), () => navigator.onLine && location.assign(link.href));
}

// A form, or a button that is sent with a form of the page for all of its kind.
function onSubmit(event) {
  const { target: form, submitter } = event;
  const element = [submitter, form].find((each) => each?.matches(WANTING));
  if (isHere() || !element) return;
  const act = () => (element === form ? form.requestSubmit(submitter) : submitter.click());
  const failed = () => element.dispatchEvent(new CustomEvent("htmx:error", { bubbles: true, detail: { ctx: { request: { submitter } } } }));
  later(event, element, act, failed);
}

// What was typed, or looked at, before htmx was here happens to it once more.
function again(event) {
  const { target, type, bubbles } = event;
  if (!isHere() && target.matches?.(WANTING)) fetched().then(() => target.dispatchEvent(new Event(type, { bubbles })), () => {});
}

// That a lesson was opened is noted without htmx, which most readers of the page will never want.
function noteOpening(form) {
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } }).catch(() => {});
}

for (const sign of ["pointerover", "pointerdown", "focusin"]) document.addEventListener(sign, onNear, { passive: true });
document.addEventListener("click", onClick, true);
document.addEventListener("submit", onSubmit, true);
for (const type of ["input", "look"]) document.addEventListener(type, again, true);
document.addEventListener("announce", announce);
document.addEventListener("showing", style);
document.querySelectorAll("form[data-opening]").forEach(noteOpening);
onNear({ target: document.activeElement });
