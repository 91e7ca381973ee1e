// The page's side of reading without a network: asks the service worker to keep pages, says when there is no network,
// and shows on a kept copy, which is made for everybody, what this reader last saw of their own progress.

const { root, member, kept } = document.body.dataset; // `kept`: this page is a copy, made then
const MEMBER = "stream:member";
const SHOWN = "stream:shown";
const language = document.documentElement.lang;

const all = (selector) => document.querySelectorAll(selector);

function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {} // a browser that keeps nothing still reads
}

// Who reads: a copy does not say, so the last page from the site does.
const reader = kept === undefined ? member ?? "" : recall(MEMBER) ?? "";

// The service worker's answer to a wish, or null where there is no service worker.
async function ask(act, what = {}) {
  const registration = await registered;
  if (!registration) return null;
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  active.postMessage({ act, ...what }, [port2]);
  return answer;
}

// Browsers have service workers only where nobody can listen in: with HTTPS, or on the machine itself.
// Where its script cannot be looked up anew, without a network, the one that is there serves on.
// It starts when the page is there and at rest: what it keeps for later is not to take the page's turn.
const registered = rest().then(() => navigator.serviceWorker?.register(`${root}/service-worker.js`, { updateViaCache: "none" }))
  .catch(() => navigator.serviceWorker.getRegistration())
  .catch(() => null);

async function rest() {
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 2_000 }));
}

// What is on the page of the reader's own is taken from the last page that the site has answered.
function remember() {
  if (kept !== undefined) return;
  const before = recall(SHOWN);
  const parts = before?.reader === reader ? before.parts : {};
  for (const part of all("[data-mine]")) parts[`${language} ${part.dataset.mine}`] = part.outerHTML;
  store(SHOWN, { reader, parts });
}

function showRemembered() {
  const shown = recall(SHOWN);
  if (shown?.reader !== reader) return;
  for (const part of all("[data-mine]")) {
    const html = shown.parts[`${language} ${part.dataset.mine}`];
    const seen = html && new DOMParser().parseFromString(html, "text/html").querySelector("[data-mine]");
    if (!seen) continue;
    const here = part.querySelector("[aria-current]")?.getAttribute("href");
    seen.querySelectorAll("[aria-current]").forEach((link) => {
      link.removeAttribute("aria-current");
      link.parentElement.classList.remove("here");
    });
    const link = here && seen.querySelector(`a[href="${CSS.escape(here)}"]`);
    link?.setAttribute("aria-current", "page");
    link?.parentElement.classList.add("here");
    part.replaceWith(document.importNode(seen, true));
  }
}

function say() {
  const isOffline = kept !== undefined || !navigator.onLine;
  const line = document.querySelector("#offline");
  line.hidden = !isOffline;
  const said = [reader ? words.offlineMember : words.offlineVisitor];
  if (kept !== undefined) said.push(words.copyOf, new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(kept)));
  line.textContent = isOffline ? said.join(" ") : "";
}

// Back on the network, a copy makes way for the page itself, unless something is typed in it, or its reader is on the way
// to another one: that would be called off.
let isLeaving = false;
function onLeaving() {
  isLeaving = true;
  setTimeout(() => { isLeaving = false; }, 10_000); // whoever is here still stays
}

function onOnline() {
  const isTyped = [...all("textarea, input")].some((field) => field.value !== field.defaultValue);
  if (kept !== undefined && !isTyped && !isLeaving) location.reload();
  else say();
}

const megabytes = (bytes) => new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1e6);

// The course page: its lessons are kept one after the other, and the bar shows how far it is.
function course(box) {
  const { course: key } = box.dataset;
  const part = (name) => box.querySelector(`[data-keep-${name}]`);
  const addresses = [location.href, ...[...all(".lesson-list a")].map((link) => link.href)];
  const bar = part("bar");
  let isStopped = false;

  function show(state, problem) {
    for (const name of ["none", "some", "all", "busy"]) part(name).hidden = name !== state;
    for (const name of ["full", "failed"]) part(name).hidden = name !== problem;
  }

  async function look(problem) {
    const found = await ask("list");
    if (!found) return;
    box.hidden = false;
    const { pages, bytes, limit } = found;
    const mine = new Set(pages.filter((page) => page.course === key).map(({ url }) => url));
    const have = addresses.filter((address) => mine.has(new URL(new URL(address).pathname, location).href)).length;
    box.querySelectorAll("[data-keep-size]").forEach((place) => { place.textContent = `${megabytes(bytes)} / ${megabytes(limit)}`; });
    box.querySelectorAll("[data-keep-count]").forEach((place) => { place.textContent = `${Math.max(0, have - 1)} / ${addresses.length - 1}`; });
    show(have === 0 ? "none" : have === addresses.length ? "all" : "some", problem);
  }

  async function keepAll() {
    isStopped = false;
    bar.max = addresses.length;
    bar.value = 0;
    show("busy");
    navigator.storage?.persist?.();
    for (const address of addresses) {
      const { problem } = isStopped ? {} : await ask("keep", { address, course: key });
      if (problem || isStopped) return look(problem);
      bar.value += 1;
    }
    await look();
    box.focus();
  }

  box.addEventListener("click", async ({ target }) => {
    if (target.matches("[data-keep]")) await keepAll();
    if (target.matches("[data-keep-stop]")) isStopped = true;
    if (target.matches("[data-keep-remove]")) await ask("drop", { course: key }).then(() => look());
  });
  look();
}

// Lists what is kept: on the page about this device, and on the one that stands in for what is not.
async function list(section) {
  const found = await ask("list");
  const part = (name) => section.querySelector(`[data-copies-${name}]`);
  part("looking").hidden = true;
  part("none").hidden = Boolean(found?.pages.length);
  part("impossible").hidden = Boolean(found);
  if (!found) {
    part("none").hidden = true;
    return;
  }
  const rows = found.pages.filter(({ url }) => url.includes(`/${language}/lessons/`)).map(({ url, title }) => {
    const row = document.createElement("li");
    const link = row.appendChild(document.createElement("a"));
    link.href = url;
    link.textContent = title.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);
    return row;
  });
  part("list").replaceChildren(...rows);
  part("some").hidden = !found.pages.length;
  section.querySelectorAll("[data-copies-size]").forEach((place) => { place.textContent = `${megabytes(found.bytes)} / ${megabytes(found.limit)}`; });
  const clear = part("clear");
  if (clear) clear.onclick = () => ask("clear").then(() => list(section));
}

if (kept === undefined) {
  store(MEMBER, member ?? null);
  if (recall(SHOWN)?.reader !== reader) store(SHOWN, null);
  // The first page of all was there before the service worker was; a member's is not what everybody gets, so that one is
  // asked for, and not before theirs is at rest.
  if (!navigator.serviceWorker?.controller || member !== undefined) ask("keep", { address: location.href });
  ask("refresh");
} else {
  const theme = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  if (theme) document.documentElement.dataset.theme = theme;
  showRemembered();
  if (reader) document.body.dataset.reader = "";
}
say();
addEventListener("online", onOnline);
if (kept !== undefined) addEventListener("beforeunload", onLeaving);
addEventListener("offline", say);
addEventListener("pagehide", remember);
document.addEventListener("visibilitychange", remember);
document.addEventListener("swapped", ({ target }) => target.querySelectorAll("[data-keep-course]").forEach(course));
all("[data-keep-course]").forEach(course);
all("[data-copies]").forEach(list);
