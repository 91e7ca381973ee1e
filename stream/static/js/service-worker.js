// Keeps pages that were read, and courses that the reader chose, readable without a network.
//
// What is kept of a page is what every visitor gets, asked for without cookies: nothing personal. It is kept together with
// the very files that it names, or not at all: a page never meets the style or the script of another version of the site.

const NAME = "stream-copies-1";
const LIMIT = 50_000_000; // bytes of everything that is kept
const VISITED = 15_000_000; // bytes of pages that nobody chose; the oldest go first
const PATIENCE = 8_000; // ms to wait for a network that does not answer, where there is a copy
const DAY = 86_400_000;
const TOLD = 24; // copies that the site is told of, the newest
const MARK = 8; // letters of a copy's tag by which it is told

const root = new URL("./", location).pathname;
const READABLE = /^[a-z]{2,3}(-[A-Za-z]+)?\/(lessons\/[^/]+|courses\/[^/]+)?$/;
const FILE = /^(static|media)\//;

const copies = () => caches.open(NAME);
const inSite = (url) => (new URL(url).pathname.startsWith(root) ? new URL(url).pathname.slice(root.length) : "/");
const plain = (url) => new URL(new URL(url).pathname, location).href;
const fallbackOf = (url) => new URL(`${root}${inSite(url).split("/")[0]}/offline`, location).href;

// One change at a time: what is counted stays true until it is written.
let last = Promise.resolve();
function inTurn(work) {
  last = last.then(work, work);
  return last;
}

function isForEverybody(answer) {
  const { headers } = answer;
  return answer.ok && headers.get("Cache-Control")?.includes("public") && headers.get("Content-Type")?.startsWith("text/html");
}

function copyOf(body, answer, marks) {
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "ETag", "Vary"]) headers.delete(name);
  for (const [name, value] of Object.entries(marks)) headers.set(name, value);
  return new Response(body, { headers });
}

function described(request, copy) {
  const { headers } = copy;
  return {
    url: request.url,
    bytes: Number(headers.get("Kept-Bytes")),
    at: headers.get("Kept-At"),
    course: headers.get("Kept-For") ?? "",
    title: decodeURIComponent(headers.get("Kept-Title") ?? ""),
    mark: headers.get("Kept-Tag")?.match(/"(.+)"/)?.[1].slice(0, MARK),
    files: JSON.parse(headers.get("Kept-Files") ?? "null"), // pages name theirs; files have none
  };
}

async function everything(cache) {
  const requests = await cache.keys();
  return Promise.all(requests.map(async (request) => described(request, await cache.match(request))));
}

const sum = (entries) => entries.reduce((total, { bytes }) => total + bytes, 0);

// The files of a page that are not here yet. Throws where one cannot be had as the page means it.
async function filesOf(cache, addresses) {
  const found = [];
  for (const address of addresses) {
    const isStatic = inSite(address).startsWith("static/");
    if (isStatic && (await cache.match(address))) continue;
    const answer = await fetch(address, { credentials: "omit", cache: isStatic ? "default" : "no-cache" });
    if (!answer.ok && !isStatic) continue; // a picture that is missing is missing with a network, too
    if (!answer.ok || isStatic && !answer.headers.get("Cache-Control")?.includes("immutable")) throw new Error("changed");
    const body = await answer.blob();
    found.push([address, copyOf(body, answer, { "Kept-Bytes": body.size })]);
  }
  return found;
}

function namedIn(html) {
  const shown = html.replace(/<link rel="apple-touch-icon"[^>]*>/, ""); // no page shows it
  const values = [...shown.matchAll(/(?:src|href|data-talk)="(\/[^"]+)"/g)].map(([, value]) => new URL(value, location).href);
  return [...new Set(values)].filter((url) => FILE.test(inSite(url)));
}

const asSent = async (copy) => (await copy.clone().text()).replace(/<body data-kept="[^"]*" /, "<body ");

// The page as every visitor gets it. Of one that has not changed only that is sent; the copy is its text then.
async function anew(cache, address) {
  const copy = await cache.match(plain(address));
  const tag = copy?.headers.get("Kept-Tag");
  const answer = await fetch(address, tag ? { credentials: "omit", cache: "no-store", headers: { "If-None-Match": tag } } : { credentials: "omit", cache: "no-cache" });
  if (answer.status !== 304) return answer;
  return new Response(await asSent(copy), { headers: { ...Object.fromEntries(copy.headers), ETag: tag } });
}

// Keeps a page, for a course or as visited. `answer` is one that the browser has just had, if everybody gets the same.
async function keep(address, course, answer) {
  const cache = await copies();
  const found = answer ?? (await anew(cache, address));
  const key = plain(found.url || address);
  if ([404, 410].includes(found.status)) await cache.delete(key);
  if (!isForEverybody(found) || !(READABLE.test(inSite(key)) || key === fallbackOf(key))) return;
  const html = (await found.text()).replace(/(<html[^>]*?) data-theme="\w+"/, "$1");
  const addresses = namedIn(html);
  const files = await filesOf(cache, addresses);
  const at = new Date().toISOString();
  const body = new Blob([html.replace("<body ", `<body data-kept="${at}" `)]);
  const before = await cache.match(key);
  const marks = {
    "Kept-At": at,
    "Kept-Bytes": body.size,
    "Kept-For": course || before?.headers.get("Kept-For") || "",
    "Kept-Title": encodeURIComponent(html.match(/<h1[^>]*>(.*?)<\/h1>/s)?.[1].replace(/<[^>]+>/g, "").trim() ?? ""),
    "Kept-Files": JSON.stringify(addresses),
    "Kept-Tag": found.headers.get("ETag") ?? "",
  };
  const more = body.size + files.reduce((total, [, copy]) => total + Number(copy.headers.get("Kept-Bytes")), 0);
  if (more + sum((await everything(cache)).filter((each) => each.course || !each.files)) > LIMIT) throw new Error("full");
  for (const [url, copy] of files) await cache.put(url, copy);
  await cache.put(key, copyOf(body, found, marks));
  await tidy(cache);
}

// Makes room: visited pages beyond their share, and files that no page names.
async function tidy(cache) {
  const all = await everything(cache);
  const visited = all.filter((each) => each.files && !each.course).sort((a, b) => (a.at < b.at ? -1 : 1));
  const gone = new Set();
  const room = Math.min(VISITED, LIMIT - sum(all.filter((each) => each.course || !each.files)));
  for (let over = sum(visited) - room; over > 0 && visited.length; ) {
    const oldest = visited.shift();
    over -= oldest.bytes;
    gone.add(oldest.url);
  }
  const named = new Set(all.filter((each) => each.files && !gone.has(each.url)).flatMap((each) => each.files));
  for (const each of all) if (!each.files && !named.has(each.url)) gone.add(each.url);
  for (const url of gone) await cache.delete(url);
  await tell(all.filter(({ url }) => !gone.has(url)));
}

// Says with each navigation which pages are here: of a member's own, the site then sends only what differs from the copy.
async function tell(all) {
  const newest = all.filter(({ mark }) => mark).sort((a, b) => (a.at < b.at ? 1 : -1));
  const marks = newest.slice(0, TOLD).map(({ mark }) => mark);
  await self.registration.navigationPreload?.setHeaderValue(marks.join(",") || "true");
}

// The page made of the copy and of what differs from it; null where that is not the copy that is here.
async function whole(answer, copy) {
  if (!copy?.headers.get("Kept-Tag")?.includes(answer.headers.get("Stream-Copy"))) return null;
  const lines = (await asSent(copy)).split("\n");
  const pieces = (await answer.json()).map((piece) => (Array.isArray(piece) ? lines.slice(...piece).join("\n") : piece));
  return copyOf(pieces.join("\n"), answer, { "Content-Type": "text/html; charset=utf-8" });
}

async function keepVisited(url, answer) {
  await keep(url, "", answer);
  const cache = await copies();
  const fallback = await cache.match(fallbackOf(url));
  if (!fallback || Date.now() - Date.parse(fallback.headers.get("Kept-At")) > DAY) await keep(fallbackOf(url), "site");
}

// What is shown for a page that is not kept: the list of those that are, in the same language or else in another.
async function standIn(cache, url) {
  const found = inSite(url) && (await cache.match(fallbackOf(url)));
  if (found) return found;
  const any = (await everything(cache)).find(({ course }) => course === "site");
  return any ? cache.match(any.url) : Response.error();
}

// What stands before the site says that the site itself does not answer.
const isAway = (answer) => [502, 504].includes(answer.status);

async function navigate(event) {
  const { url } = event.request;
  const cache = await copies();
  const copy = await cache.match(plain(url));
  const tooLong = new Promise((_, refuse) => copy && setTimeout(refuse, PATIENCE));
  try {
    const asked = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
    const answer = await Promise.race([asked, tooLong]);
    if (isAway(answer)) return copy ?? answer;
    if (answer.headers.has("Stream-Copy")) return (await whole(answer, copy)) ?? fetch(event.request);
    if (answer.ok && READABLE.test(inSite(url)) && !new URL(url).search) {
      const same = isForEverybody(answer) && answer.clone(); // else the page asks, once it is at rest
      if (same) event.waitUntil(inTurn(() => keepVisited(plain(url), same)).catch(() => {}));
    }
    return answer;
  } catch {
    return copy ?? standIn(cache, url);
  }
}

async function file(request) {
  const isStatic = inSite(request.url).startsWith("static/");
  const cache = await copies();
  if (isStatic) return (await cache.match(request.url)) ?? fetch(request);
  return fetch(request).catch(async (error) => (await cache.match(request.url)) ?? Promise.reject(error));
}

const ACTS = {
  keep({ address, course }) {
    if (course) return keep(address, course);
    return READABLE.test(inSite(address)) ? keepVisited(plain(address)) : undefined;
  },
  async list() {
    const all = await everything(await copies());
    return { bytes: sum(all), limit: LIMIT, pages: all.filter((each) => each.files && each.course !== "site") };
  },
  async drop({ course }) {
    const cache = await copies();
    for (const each of await everything(cache)) if (each.files && each.course === course) await cache.delete(each.url);
    await tidy(cache);
  },
  clear: () => caches.delete(NAME),
  async refresh() {
    const old = (await everything(await copies())).filter((each) => each.course && Date.now() - Date.parse(each.at) > DAY);
    for (const { url, course } of old) await keep(url, course);
  },
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(event));
  else if (FILE.test(inSite(request.url))) event.respondWith(file(request));
});
addEventListener("message", (event) => {
  const { act, ...what } = event.data;
  const wish = () => ACTS[act](what);
  const told = (act === "list" ? wish() : inTurn(wish)).then(
    (result) => result ?? {},
    ({ name, message }) => ({ problem: message === "full" || name === "QuotaExceededError" ? "full" : "failed" }),
  );
  event.waitUntil(told.then((result) => event.ports[0]?.postMessage(result)));
});

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("stream-") && name !== NAME).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await clients.claim();
}
