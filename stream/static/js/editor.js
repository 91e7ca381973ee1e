// The lesson editor: keeps what is not saved yet in this browser, offers it again, leads to the line of a problem.

const form = document.querySelector("#editor");
const field = form.querySelector("#text");
const base = form.querySelector("[name=base]");
const offer = document.querySelector("#draft-offer");
const said = document.querySelector("#kept");
const PREFIX = `lesson-text:${form.dataset.member}:${form.dataset.kept}:`;
const PLACE = `lesson-place:${form.dataset.kept}`;
const atLoad = field.defaultValue;
let ours = PREFIX + base.value;

// A browser that blocks storage, or has no room left, still edits and saves.
function store(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

// What was kept of this file, the newest first: each with the revision that it was made from.
function kept() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const texts = keys.map((key) => ({ key, base: key.slice(PREFIX.length), ...JSON.parse(localStorage.getItem(key)) }));
  return texts.sort((one, other) => other.at - one.at);
}

// What the file holds by now was saved; of the rest, the newest is offered. A text that came back unsaved goes on from here.
function offerKept() {
  const found = kept();
  for (const { key, text } of found) if (text === atLoad) localStorage.removeItem(key);
  if ("unsaved" in form.dataset) keep();
  const draft = found.find(({ text }) => text !== atLoad && text !== field.value);
  if (!draft) return;
  offer.querySelector("[data-draft-when]").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
  offer.querySelector("[data-draft-older]").hidden = draft.base === base.value;
  offer.querySelector("[data-draft-take]").onclick = () => take(draft);
  offer.querySelector("[data-draft-drop]").onclick = () => drop(draft);
  offer.hidden = false;
}

// A text that was made from an older revision stays one: saving it shows the conflict.
function take(draft) {
  offer.hidden = true;
  field.value = draft.text;
  base.value = draft.base;
  ours = draft.key;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function drop(draft) {
  offer.hidden = true;
  store(() => localStorage.removeItem(draft.key));
  field.focus();
}

function keep() {
  const isKept = store(() => {
    localStorage.setItem(ours, JSON.stringify({ text: field.value, at: Date.now() }));
    return true;
  });
  said.textContent = isKept ? said.dataset.words : "";
}

function toLine(number) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, number - 4);
}

function onClick(event) {
  const link = event.target.closest("[data-line]");
  if (link) {
    event.preventDefault();
    toLine(Number(link.dataset.line));
  }
  if (event.target.closest("[data-drop-draft]")) store(() => kept().forEach(({ key }) => localStorage.removeItem(key)));
}

function onKey(event) {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.querySelector("[value=save]")?.click();
}

// After saving, one goes on at the same place.
function rememberPlace() {
  store(() => sessionStorage.setItem(PLACE, JSON.stringify([field.selectionStart, field.scrollTop])));
}

function backToPlace() {
  const [caret, top] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
  if (caret === undefined) return;
  sessionStorage.removeItem(PLACE);
  field.focus({ preventScroll: true });
  field.setSelectionRange(caret, caret);
  field.scrollTop = top;
}

field.addEventListener("input", keep);
form.addEventListener("submit", rememberPlace);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
store(offerKept);
store(backToPlace);
