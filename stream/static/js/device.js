// Progress of somebody who is not signed in. This browser keeps acts, not numbers: what they amount to, the site says.
//
// Kept in localStorage, not in IndexedDB: it is a few kilobytes that are needed at once when a page opens, every tab sees
// the same, and where a browser blocks it, that shows at once.

const KEY = "stream:events";
const DECLINED = "stream:declined";
const SENT = "stream:sent";
const { standing: address, member } = document.body.dataset;
const ON_LESSON = ["#standing", "#outline", "#completion"];

const all = (selector) => document.querySelectorAll(selector);

function isBlocked() {
  try {
    localStorage.setItem("stream:try", "1");
    localStorage.removeItem("stream:try");
    return false;
  } catch {
    return true;
  }
}

function kept() {
  try {
    const events = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(events) ? events : [];
  } catch {
    return [];
  }
}

// Whether the browser took it: a full or blocked store must not look like progress.
function keep(events) {
  try {
    localStorage.setItem(KEY, JSON.stringify(events));
    return true;
  } catch {
    return false;
  }
}

// Without HTTPS (a site in the home network) browsers offer no randomUUID.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function localDay(at) {
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

// Read anew before each write: another tab may have added something.
function add(type, subject, data) {
  const at = new Date();
  return keep([...kept(), { id: newId(), type, subject, at: at.toISOString(), day: localDay(at), data }]);
}

// How many lessons are done; for the offer's words only.
function lessonsDone(events) {
  const last = new Map();
  for (const { type, subject } of [...events].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    if (type === "lesson.completed" || type === "lesson.reopened") last.set(subject, type);
  }
  return [...last.values()].filter((type) => type === "lesson.completed").length;
}

// This page as it is for what the device keeps. Nothing is stored there.
async function pageFor(events) {
  const body = new URLSearchParams({ events: JSON.stringify(events), page: location.pathname });
  const answer = await fetch(address, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function swap(page, selector) {
  const [before, after] = [document.querySelector(selector), page.querySelector(selector)];
  if (!before || !after) return;
  const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
  const now = document.importNode(after, true);
  before.replaceWith(now);
  window.htmx?.process(now);
  if (focused) document.getElementById(focused)?.focus();
}

async function show(parts) {
  const events = kept();
  if (member !== undefined || !address || !events.length) return;
  try {
    const page = await pageFor(events);
    const isLesson = document.querySelector("#lesson");
    (isLesson ? parts : ["#main"]).forEach((selector) => swap(page, selector));
  } catch {} // offline: what is kept stays kept, and shows at the next page
}

function announce(text) {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = text;
  document.querySelector("#announcer").replaceChildren(line);
}

function xp() {
  return Number(document.querySelector("#standing")?.dataset.xp ?? 0);
}

async function onAct(event) {
  const control = event.target.closest("[data-device-act]");
  if (!control || member !== undefined) return;
  const { deviceAct, subject, textLanguage, revision } = control.dataset;
  if (!add(deviceAct, subject, { language: textLanguage, revision })) return; // the link leads to sign-in then
  event.preventDefault();
  await refresh();
}

async function refresh() {
  const before = xp();
  await show(ON_LESSON);
  const gained = xp() - before;
  if (gained) announce(`${gained > 0 ? "+" : "\u2212"}${Math.abs(gained)} XP`);
}

// An answer that the site has looked at; it looks again when it is sent, so nothing need be believed.
function onAnswer(event) {
  const form = event.target.closest?.("[data-device-exercise]");
  if (!form || event.detail.ctx.response?.status !== 200) return;
  const sent = new FormData(form);
  const data = { answer: sent.get("answer") ?? "", choice: sent.getAll("choice") };
  if (add("exercise.attempted", form.dataset.deviceExercise, data)) queueMicrotask(refresh);
}

function noteOpening() {
  const lesson = document.querySelector("[data-device-opened]");
  if (!lesson || member !== undefined) return;
  const { deviceOpened: subject, textLanguage: language } = lesson.dataset;
  const isKnown = kept().some((each) => each.type === "lesson.opened" && each.subject === subject && each.data.language === language);
  if (!isKnown) add("lesson.opened", subject, { language });
}

// A member's act that met no network waits here for one, also after the browser was closed. Its id is the form's own: if
// the request arrived after all and only the answer was lost, the site knows it already.
const waiting = {
  key: `stream:waiting:${member}`,
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "[]");
    } catch {
      return [];
    }
  },
  write(events) {
    localStorage.setItem(this.key, JSON.stringify(events));
  },
};

function onFailure(event) {
  const form = event.target.closest?.("[data-offline-act]");
  if (!form || event.detail.ctx?.response || member === undefined) return;
  const { offlineAct: type, subject, textLanguage: language, revision, later } = form.dataset;
  const at = new Date();
  const id = form.elements.event_id.value;
  const act = { id, type, subject, at: at.toISOString(), day: localDay(at), data: { language, revision } };
  waiting.write([...waiting.read().filter((each) => each.id !== id), act]);
  const place = form.querySelector(".failure");
  place.hidden = false;
  place.textContent = later;
}

async function sendWaiting() {
  const events = member === undefined ? [] : waiting.read();
  const form = document.querySelector("#device-offer");
  if (!events.length || !form || !navigator.onLine) return;
  const body = new URLSearchParams({ events: JSON.stringify(events), csrf_token: form.elements.csrf_token.value });
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) return; // an ended session: they wait for the next page of this member
    const sent = new Set(events.map((each) => each.id));
    waiting.write(waiting.read().filter((each) => !sent.has(each.id)));
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    ON_LESSON.forEach((selector) => swap(page, selector));
  } catch {} // still no network
}

// Asked once for each account on this device; what is declined stays here, and its page still offers it.
function offer() {
  const form = document.querySelector("#device-offer");
  const events = kept();
  if (!form || !events.length || lessonsDone(events) === 0 && !events.some((each) => each.type === "exercise.attempted")) return;
  const isDevicePage = document.querySelector("#device");
  if (localStorage.getItem(DECLINED) === member && !isDevicePage) return;
  form.querySelector("[data-device-lessons]").textContent = lessonsDone(events);
  form.addEventListener("submit", () => {
    form.elements.events.value = JSON.stringify(events);
    sessionStorage.setItem(SENT, JSON.stringify(events.map((each) => each.id)));
  });
  form.querySelector("[data-device-decline]").addEventListener("click", () => {
    localStorage.setItem(DECLINED, member);
    form.hidden = true;
  });
  form.hidden = false;
}

// The site has them now: what was sent is taken off this device, and what was added meanwhile stays.
function forgetMerged() {
  if (!document.querySelector("[data-device-merged]")) return;
  const sent = new Set(JSON.parse(sessionStorage.getItem(SENT) ?? "[]"));
  keep(kept().filter((each) => !sent.has(each.id)));
  sessionStorage.removeItem(SENT);
}

function devicePage(section) {
  const events = kept();
  const is = (name, shown) => section.querySelectorAll(`[data-device-${name}]`).forEach((part) => { part.hidden = !shown; });
  is("blocked", isBlocked());
  is("kept", events.length > 0);
  is("empty", events.length === 0 && !isBlocked());
  section.querySelector("[data-device-count]").textContent = events.length;
  section.querySelector("[data-device-clear]").onclick = () => {
    localStorage.removeItem(KEY);
    localStorage.removeItem(DECLINED);
    devicePage(section);
  };
  section.querySelector("[data-device-export]").onclick = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(events, null, 2)], { type: "application/json" }));
    link.download = "stream-device.json";
    link.click();
    URL.revokeObjectURL(link.href);
  };
}

if (!isBlocked()) {
  forgetMerged();
  noteOpening();
  offer();
  show([...ON_LESSON, "#exercise"]);
  sendWaiting();
  addEventListener("online", sendWaiting);
  document.addEventListener("htmx:error", onFailure);
  document.addEventListener("click", onAct);
  document.addEventListener("htmx:before:swap", onAnswer);
}
all("#device").forEach(devicePage);
