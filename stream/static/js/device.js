// Progress that this browser keeps: of somebody who is not signed in, and of a member whose acts met no network.
// It keeps acts, not numbers: what they amount to, the site says.
//
// Kept in localStorage, not in IndexedDB: it is a few kilobytes that are needed at once when a page opens, every tab sees
// the same, and where a browser blocks it, that shows at once.

const KEY = "stream:events";
const DECLINED = "stream:declined";
const SENT = "stream:sent";
const { standing: address, kept: isCopy } = document.body.dataset;
// A copy that is read without a network is made for everybody; whose acts these are, the last page from the site has said.
const member = isCopy === undefined ? document.body.dataset.member : lastMember();
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

function sayBlocked() {
  const line = document.createElement("p");
  line.className = "offline-line";
  line.setAttribute("role", "status");
  line.textContent = words.nothingKept;
  document.querySelector("#offline").after(line);
}

function lastMember() {
  try {
    return JSON.parse(localStorage.getItem("stream:member")) ?? undefined;
  } catch {
    return undefined;
  }
}

function listIn(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each?.id === "string") : [];
  } catch {
    return [];
  }
}

// Whether the browser took it: a full or blocked store must not look like progress.
function put(key, found) {
  try {
    localStorage.setItem(key, JSON.stringify(found));
    return true;
  } catch {
    return false;
  }
}

const kept = () => listIn(KEY);
const keep = (events) => put(KEY, events);

// A member's acts and comments that met no network wait here for one, also after the browser was closed. Their ids are
// those of the forms: if a request arrived after all and only the answer was lost, the site knows them already.
const WAITING = `stream:waiting:${member}`;
const LETTERS = `stream:letters:${member}`;

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
function add(type, subject, data, id = newId()) {
  const at = new Date();
  const act = { id, type, subject, at: at.toISOString(), day: localDay(at), data };
  const key = member === undefined ? KEY : WAITING;
  return put(key, [...listIn(key).filter((each) => each.id !== id), act]);
}

// What the acts that wait say of a lesson: done, taken back, or nothing.
function pendingState(lesson) {
  const acts = listIn(member === undefined ? KEY : WAITING).filter(({ subject, type }) => subject === lesson && /completed|reopened/.test(type));
  return acts.at(-1)?.type;
}

// How many lessons are done; for the offer's words only.
function lessonsDone(events) {
  const last = new Map();
  for (const { type, subject } of [...events].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    if (type === "lesson.completed" || type === "lesson.reopened") last.set(subject, type);
  }
  return [...last.values()].filter((type) => type === "lesson.completed").length;
}

const ENOUGH = 300; // characters of an answer to tell whether it is right: what is longer is never looked at as a whole

// What was done before has a look of its own, which js/wanted.js fetches.
const showing = () => document.dispatchEvent(new Event("showing"));

// This page as it is for what the device keeps. Nothing is stored there.
async function pageFor(events) {
  const shortened = events.map(({ data, ...event }) => ({ ...event, data: { ...data, answer: data?.answer?.slice?.(0, ENOUGH) } }));
  const body = formOf({ events: JSON.stringify(shortened), page: location.pathname });
  const answer = await fetch(address, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Sent in parts, as files are: the other way makes nine bytes of a Korean syllable.
function formOf(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

// Somebody was quicker than the network: what is being typed, pressed or sent is not taken away.
function isTouched(part) {
  if (part.matches(":active")) return true;
  const fields = [...part.querySelectorAll("input, textarea")];
  return fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

function swap(page, selector) {
  const [before, after] = [document.querySelector(selector), page.querySelector(selector)];
  if (!before || !after || isTouched(before)) return;
  const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
  const now = document.importNode(after, true);
  const boxes = [before, now].map((part) => [...part.querySelectorAll("details")]);
  boxes[1].forEach((box, number) => { box.open ||= Boolean(boxes[0][number]?.open); }); // what was opened meanwhile
  before.replaceWith(now);
  window.htmx?.process(now);
  now.dispatchEvent(new Event("swapped", { bubbles: true }));
  if (focused) document.getElementById(focused)?.focus();
}

let turns = 0;

async function show(parts) {
  const events = kept();
  if (member !== undefined || isCopy !== undefined || !address || !events.length) return showPending();
  const isLesson = document.querySelector("#lesson");
  if (isLesson && events.every(({ type }) => type === "lesson.opened")) return showBegun(events);
  showing();
  const turn = ++turns;
  try {
    const page = await pageFor(events);
    if (turn !== turns) return; // something was done meanwhile: a later answer knows of it, this one does not
    (isLesson ? parts : ["#main"]).forEach((selector) => swap(page, selector));
    showAnswers();
  } catch {
    showPending();
  }
}

// What was answered here stands in the form again; the site knows of it only that it was right or not.
function showAnswers() {
  for (const form of all("form[data-exercise]")) {
    const { exercise } = form.dataset;
    const last = listIn(member === undefined ? KEY : WAITING).findLast(({ type, subject }) => type === "exercise.attempted" && subject === exercise);
    const field = form.querySelector("[name=answer]");
    const options = [...form.querySelectorAll("[name=choice]")];
    if (field && !field.value && last?.data?.answer) field.defaultValue = last.data.answer;
    if (!options.some(({ checked }) => checked)) for (const option of options) option.defaultChecked = Boolean(last?.data?.choice?.includes(option.value));
  }
}

// Without a network: nothing is counted, but what was done shows as done.
function showPending() {
  if (isCopy !== undefined || listIn(member === undefined ? KEY : WAITING).length) showing();
  showAnswers();
  const button = document.querySelector("#completion-button[data-device-act='lesson.completed']");
  if (button) {
    const { subject } = button.dataset;
    const state = pendingState(subject);
    const seen = isCopy !== undefined && document.querySelector("#outline :is(.done, .revised).here");
    const isDone = state ? state === "lesson.completed" : Boolean(seen);
    document.querySelector("[data-pending]")?.remove();
    if (isDone) button.after(pending(subject));
    button.hidden = isDone;
  }
  for (const item of all("#outline li, li[data-lesson]")) {
    const state = pendingState(lessonOf(item));
    if (!state) continue;
    item.classList.remove("new", "open", "done", "revised");
    item.classList.add(state === "lesson.completed" ? "done" : "open");
  }
}

const lessonOf = (item) => item.dataset.lesson ?? item.querySelector("a").pathname.split("/").pop();

// What stands for a completion that the site does not know of yet.
function pending(subject) {
  const box = document.createElement("div");
  const add = (name, attributes, ...content) => {
    const part = box.appendChild(document.createElement(name));
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    part.append(...content);
  };
  const sign = Object.assign(document.createElement("span"), { ariaHidden: "true", textContent: "✓" });
  box.dataset.pending = subject;
  add("p", { class: "done-mark" }, sign, ` ${words.completed}`);
  add("p", { class: "small" }, words.pending);
  add("button", { type: "button", class: "button ghost", "data-device-act": "lesson.reopened", "data-subject": subject }, words.takeBack);
  return box;
}

// Nothing but openings: they earn nothing, so that nobody need be asked what they amount to.
function showBegun(events) {
  const opened = new Set(events.map(({ subject }) => subject));
  for (const item of all("#outline li.new")) {
    if (!opened.has(lessonOf(item))) continue;
    item.classList.replace("new", "open");
    item.querySelector(".visually-hidden").textContent = ` (${words.begun})`;
  }
}

const announce = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail })); // js/wanted.js shows it

function xp() {
  return Number(document.querySelector("#standing")?.dataset.xp ?? 0);
}

async function onAct(event) {
  const control = event.target.closest("[data-device-act]");
  if (!control) return;
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
  const form = event.target.closest?.("[data-exercise]");
  if (!form || member !== undefined || event.detail.ctx.response?.status !== 200) return;
  if (add("exercise.attempted", form.dataset.exercise, answerIn(form))) queueMicrotask(refresh);
}

function answerIn(form) {
  const sent = new FormData(form);
  return { answer: sent.get("answer") ?? "", choice: sent.getAll("choice") };
}

function noteOpening() {
  const lesson = document.querySelector("[data-device-opened]");
  if (!lesson) return;
  const { deviceOpened: subject, textLanguage: language } = lesson.dataset;
  const known = listIn(member === undefined ? KEY : WAITING);
  const isKnown = known.some((each) => each.type === "lesson.opened" && each.subject === subject && each.data?.language === language);
  if (!isKnown) add("lesson.opened", subject, { language });
}

// A form that met no network: what it says is kept, and the place for failures says so.
function onFailure(event) {
  const form = event.target.closest?.("form[data-later]");
  if (!form || event.detail.ctx?.response || !isKept(form, event.detail.ctx?.request)) return;
  const place = form.querySelector(".failure");
  place.hidden = false;
  place.textContent = form.dataset.exercise ? words.laterAnswer : words.later;
}

function isKept(form, request) {
  const { act, subject, exercise, textLanguage: language, revision } = form.dataset;
  const id = form.elements.event_id?.value;
  if (act) return add(act, subject, { language, revision }, id);
  if (exercise) return request?.submitter?.value === "attempt" && add("exercise.attempted", exercise, answerIn(form), id);
  return keepLetter(form);
}

function keepLetter(form) {
  const { post_id: id } = form.elements;
  if (!id || !form.elements.body.value.trim()) return false;
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const letter = { id: id.value, action: form.getAttribute("action"), fields, draft: form.elements.body.dataset.draft };
  return put(LETTERS, [...listIn(LETTERS).filter((each) => each.id !== letter.id), letter]);
}

// The page as the site makes it now; nothing where there is no network, or where the session has ended.
async function freshPage() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  return page.body.dataset.member === member ? page : null;
}

async function sendWaiting() {
  if (member === undefined || isCopy !== undefined || !navigator.onLine) return;
  const isLate = forgetSent();
  const acts = unsent();
  if (!isLate && !acts.length && !listIn(LETTERS).some((each) => !each.why)) return;
  const form = document.querySelector("#device-offer");
  try {
    const token = form.elements.csrf_token.value;
    const areSent = acts.length > 0 ? await sendActs(acts, form.action, token) : isLate;
    let arePosted = false;
    for (const letter of listIn(LETTERS)) if (!letter.why && (await sendLetter(letter, token))) arePosted = true;
    const page = areSent || arePosted ? await freshPage() : null;
    if (page && areSent) [...ON_LESSON, "#exercise"].forEach((selector) => swap(page, selector));
    if (page && arePosted && ![...all("#comments textarea")].some((field) => field.value)) swap(page, "#comments");
  } catch {} // still no network: they wait
}

const named = (act) => (act ? `${act.type} ${act.subject}` : "");
const without = (events, some) => events.filter(({ id }) => !some.some((each) => each.id === id));

const unsent = () => listIn(WAITING).filter(({ sent }) => !sent);

// What was sent is forgotten by a page that was asked for after that, and so knows of it. Whether this page was not.
function forgetSent() {
  const events = listIn(WAITING);
  const rest = events.filter(({ sent }) => !sent || sent >= performance.timeOrigin);
  if (rest.length < events.length) put(WAITING, rest);
  return rest.some(({ sent }) => sent);
}

async function sendActs(events, action, token) {
  const body = formOf({ events: JSON.stringify(events), csrf_token: token });
  const answer = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) return false; // where a session has ended, they wait for the next page of this member
  const { refused } = await answer.json();
  const told = refused.map(({ id, why }) => ({ id, why, fields: [["body", named(events.find((each) => each.id === id))]] }));
  put(LETTERS, [...without(listIn(LETTERS), told), ...told]);
  const sent = Date.now();
  put(WAITING, [...without(listIn(WAITING), events), ...events.map((each) => ({ ...each, sent }))]);
  return true;
}

// A comment is posted as its form would have been. What the site refuses stays here, with its reason, until it is mended.
async function sendLetter(letter, token) {
  const body = new URLSearchParams([...letter.fields, ["csrf_token", token]]);
  const answer = await fetch(letter.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  const rest = listIn(LETTERS).filter((each) => each.id !== letter.id);
  if (answer.status === 429 || answer.status >= 500) return false;
  if (answer.ok) {
    put(LETTERS, rest);
    sessionStorage.removeItem(`draft:${letter.draft}`);
    const field = document.querySelector(`[data-draft="${CSS.escape(letter.draft)}"]`);
    if (field?.value === new Map(letter.fields).get("body")) field.value = "";
    return true;
  }
  const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".failure");
  put(LETTERS, [...rest, { ...letter, why: said?.textContent.trim() || String(answer.status) }]);
  return false;
}

// Asked once for each account on this device; what is declined stays here, and its page still offers it.
function offer() {
  const form = document.querySelector("#device-offer");
  const events = kept();
  const isDevicePage = document.querySelector("#device");
  const asked = isDevicePage ? events : events.filter(({ refused }) => !refused);
  const isWorthAsking = lessonsDone(asked) > 0 || asked.some(({ type }) => type === "exercise.attempted");
  if (!form || !isWorthAsking || !isDevicePage && declinedBy().includes(member)) return;
  form.querySelector("[data-device-lessons]").textContent = lessonsDone(asked);
  form.addEventListener("submit", () => {
    form.elements.events.value = JSON.stringify(events);
    sessionStorage.setItem(SENT, JSON.stringify(events.map((each) => each.id)));
  });
  form.querySelector("[data-device-decline]").addEventListener("click", () => {
    put(DECLINED, [...declinedBy(), member]);
    form.hidden = true;
  });
  form.hidden = false;
}

function declinedBy() {
  try {
    return [JSON.parse(localStorage.getItem(DECLINED))].flat();
  } catch {
    return [];
  }
}

// The site has them now: what was sent is taken off this device. What was added meanwhile stays, and so does what was refused,
// with a mark that it need not be offered again.
function forgetMerged() {
  const answer = document.querySelector("[data-device-merged]");
  if (!answer) return;
  const refused = new Set([...answer.querySelectorAll("[data-refused]")].map((each) => each.dataset.refused));
  const sent = new Set(JSON.parse(sessionStorage.getItem(SENT) ?? "[]"));
  const rest = kept().filter(({ id }) => !sent.has(id) || refused.has(id.slice(0, 64)));
  keep(rest.map((each) => (refused.has(each.id.slice(0, 64)) ? { ...each, refused: true } : each)));
  sessionStorage.removeItem(SENT);
}

function devicePage(section) {
  const events = kept();
  letters(section);
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

// Comments that wait for a network or were refused, each with its text: taken out one by one, or left.
function letters(section) {
  const box = section.querySelector("[data-letters]");
  const pattern = box.querySelector("template").content.firstElementChild;
  const found = member === undefined ? [] : listIn(LETTERS);
  box.hidden = !found.length && (member === undefined || !unsent().length);
  box.querySelector("[data-waiting-count]").textContent = member === undefined ? 0 : unsent().length;
  box.querySelector("ul").replaceChildren(...found.map((letter) => {
    const row = pattern.cloneNode(true);
    row.querySelector("[data-text]").textContent = new Map(letter.fields).get("body");
    row.querySelector("[data-why]").textContent = letter.why ?? "";
    row.querySelector("button").onclick = () => {
      put(LETTERS, listIn(LETTERS).filter((each) => each.id !== letter.id));
      letters(section);
    };
    return row;
  }));
}

if (!isBlocked()) {
  forgetMerged();
  noteOpening();
  offer();
  show([...ON_LESSON, "#exercise"]);
  sendWaiting().then(() => all("#device").forEach(devicePage));
  addEventListener("online", sendWaiting);
  document.addEventListener("htmx:error", onFailure);
  document.addEventListener("click", onAct);
  document.addEventListener("htmx:before:swap", onAnswer);
} else {
  document.body.dataset.blocked = "";
  if (document.body.dataset.member === undefined) sayBlocked();
}
all("#device").forEach(devicePage);
