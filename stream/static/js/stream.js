// What scripts add to pages that work without them. No markup is made from text here, and nothing about XP is known.
// `words` is what scripts say, in the page's language; it stands before them all (web/assets.py).

const root = document.documentElement;
const page = document.body.dataset;
const YEAR = 31536000;

const all = (selector) => document.querySelectorAll(selector);

// Values are our own short words and IANA zones: all of it may stand in a cookie as it is.
function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=${page.root || "/"}; SameSite=Lax; Max-Age=${YEAR}${secure}`;
}

function isDark() {
  return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

// The control is a link to a page with a form. With scripts it switches at once, so it says that it is a switch.
function themeToggle(link) {
  const say = () => link.setAttribute("aria-pressed", isDark());
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
    say();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return; // Enter is what links know already
    event.preventDefault();
    link.click();
  });
  say();
}

// The other language of the same page opens at the same place.
function languageLink(link) {
  link.addEventListener("click", () => {
    remember("language", link.dataset.language);
    link.hash = location.hash;
  });
}

// The line under the header follows the reading; one update for each frame at most.
function readingLine(line) {
  const lesson = document.querySelector("#lesson");
  let waiting = false;
  const update = () => {
    waiting = false;
    const way = lesson.offsetTop + lesson.offsetHeight - innerHeight;
    line.value = way > 0 ? Math.min(100, (100 * scrollY) / way) : 100;
  };
  addEventListener("scroll", () => { waiting ||= requestAnimationFrame(update); }, { passive: true });
  update();
}

// In the list of contents, the section that is being read is marked: the last one that began in the upper third.
function contents(toc) {
  const links = [...toc.querySelectorAll("a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const observer = new IntersectionObserver(([{ rootBounds }]) => {
    const begun = headings.filter((heading) => heading?.getBoundingClientRect().top <= rootBounds.bottom).length;
    links.forEach((link, index) => link.classList.toggle("here", index === begun - 1));
  }, { rootMargin: "99999px 0px -66% 0px" });
  headings.forEach((heading) => heading && observer.observe(heading));
}

const announce = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail })); // js/wanted.js shows it

// Without HTTPS (a site in the home network) browsers offer no clipboard; there the selection does.
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
  } catch {
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
  }
  announce(words.copied);
}

// A morph takes away what the server did not send, so this runs after each swap too.
function copyButtons() {
  for (const block of all(".code:not(:has(.copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", () => copy(block.querySelector("pre")));
    block.append(button);
  }
}

// A heading's # leads to it as ever, and its address is in the clipboard.
function onAnchor(event) {
  const anchor = event.target.closest(".anchor");
  if (anchor) navigator.clipboard?.writeText(anchor.href).then(() => announce(words.copied), () => {});
}

// The address of the search page says what is shown, so that Back and a copied link lead there.
function onFound({ detail: { ctx } }) {
  if (ctx.target?.id === "results") history.replaceState(null, "", ctx.request.action);
}

function onSwap() {
  copyButtons();
  drafts();
  ages();
}

// A request that failed is told beside the control that asked for it; what was typed stays.
function tell(event, text) {
  const place = event.target.closest?.("form, [data-control]")?.querySelector(".failure");
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
}

function onRequest(event) {
  tell(event, null);
  event.detail.ctx.request.submitter?.setAttribute("aria-busy", true);
}

function onDone(event) {
  event.detail.ctx.request.submitter?.removeAttribute("aria-busy");
}

function onError(event) {
  tell(event, event.detail.ctx?.response ? words.unsaved : words.unreached);
}

// Our own error answers say what to do; those of a proxy in between do not. 422 is the form again, swapped like any answer.
function onErrorAnswer(event) {
  const { response, text } = event.detail.ctx;
  if (response.status === 422) return;
  const said = new DOMParser().parseFromString(text, "text/html").querySelector(".failure");
  tell(event, said?.textContent.trim() || words.unsaved);
}

// A page that comes back out of the browser's memory shows old numbers. One in which something was typed stays: that is worth more.
function onPageShow(event) {
  const isTyped = [...all("textarea, input")].some((field) => field.value !== field.defaultValue);
  if (event.persisted && !isTyped) location.reload();
}

// Escape closes the strip. Other keys are for fields that name one, so a page without the attribute has no such key.
function onKey(event) {
  const strip = document.querySelector(".page .standing-box[open]");
  if (event.key === "Escape" && strip) {
    if (strip.contains(document.activeElement)) strip.querySelector("summary").focus();
    strip.open = false;
  }
  const field = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  field.focus();
}

// The site was updated while this page was open: a fragment of the new one would not fit in here. What was done is done, and
// what is typed is kept, so the page is loaded anew. A form that came back with a problem is shown first.
function onOtherVersion(event) {
  const { response } = event.detail.ctx;
  const version = response?.headers.get("Stream-Version");
  if (!version || version === page.version || response.status !== 200) return;
  event.preventDefault();
  location.reload();
}

// What was written is kept in this tab until it is sent, and comes back after a reload, a failure or signing in again.
function drafts() {
  for (const field of all("[data-draft]")) {
    store(() => {
      const kept = sessionStorage.getItem(draftKey(field));
      if (kept && !field.value) field.value = kept;
    });
  }
}

function draftKey(field) {
  return `draft:${field.dataset.draft}`;
}

function onInput({ target }) {
  if (target.dataset.draft && !isSigningOut) store(() => sessionStorage.setItem(draftKey(target), target.value));
}

// Sent: an answer that is not the form again. Without htmx the page that follows has no such form, or an empty one.
function onSent(event) {
  const { response, request } = event.detail.ctx;
  const field = request.form?.querySelector?.("[data-draft]") ?? event.target.closest?.("form")?.querySelector("[data-draft]");
  if (field && response?.status === 200 && request.method === "POST" && event.target.matches("form")) forget(field);
}

// The talk is replaced as a whole. Answers that are being written in it meanwhile stay as they are, below their comments.
let written = [];
function onTalk(event) {
  const talk = event.detail.ctx.target?.matches?.(".thread-root") && event.detail.ctx.target;
  const sent = event.detail.ctx.request.form ?? event.target;
  if (!talk) return;
  written = [...talk.querySelectorAll(".after > form")].filter((form) => form !== sent).map((form) => [form.parentNode.id, form]);
  for (const [, form] of written) form.remove(); // before htmx takes leave of what it replaces
}

function onTalked() {
  for (const [place, form] of written.splice(0)) document.getElementById(place)?.append(form);
}

function onSubmit({ target, submitter }) {
  const field = target.querySelector("[data-draft]");
  if (target.matches('[action$="/sign-out"]')) store(forgetAll);
  if (field && submitter?.value !== "preview" && !target.hasAttribute("data-hx-post")) forget(field);
}

// Nobody who signs in here next is shown what was being written, nor what is told of it once more on the way out.
let isSigningOut = false;
function forgetAll() {
  isSigningOut = true;
  setTimeout(() => { isSigningOut = false; }, 10_000); // whoever is here still was not signed out
  sessionStorage.clear();
  for (const key of Object.keys(localStorage)) if (key.startsWith("lesson-text:")) localStorage.removeItem(key);
}

function forget(field) {
  store(() => sessionStorage.removeItem(draftKey(field)));
}

// A browser that blocks storage still sends forms.
function store(act) {
  try {
    act();
  } catch {}
}

// The bell is looked at while the page is: every quarter of a minute, and when the reader comes back to it.
function watchBell() {
  const look = () => document.visibilityState === "visible" && document.querySelector("#bell")?.dispatchEvent(new Event("look"));
  if (!document.querySelector("#bell")) return;
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
}

// A form that was opened in place closes in place; without scripts the same link leads back to the lesson.
function onClose(event) {
  const link = event.target.closest("[data-close]");
  const form = link && document.querySelector(link.dataset.close);
  if (!form?.closest(".after")) return;
  event.preventDefault();
  const comment = form.closest(".comment");
  forget(form.querySelector("[data-draft]"));
  form.remove();
  comment.focus();
}

// "2 h ago" instead of a date, in the page's language; the date stays in the title. The page itself never changes with time.
function ages() {
  const format = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto", style: "short" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of all(".comment time:not([title]), .inbox time:not([title])")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    if (seconds > 7 * 86400) continue;
    const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["second", Infinity];
    time.title = time.textContent;
    time.textContent = format.format(-Math.max(0, Math.floor(seconds / size)), unit);
  }
}

remember("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "");
all("[data-theme-toggle]").forEach(themeToggle);
all("[data-language]").forEach(languageLink);
all(".readbar").forEach(readingLine);
all(".toc").forEach(contents);
copyButtons();
drafts();
ages();
watchBell();
document.addEventListener("click", onAnchor);
document.addEventListener("click", onClose);
document.addEventListener("input", onInput);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
document.addEventListener("htmx:before:request", onRequest);
document.addEventListener("htmx:finally:request", onDone);
document.addEventListener("htmx:error", onError);
document.addEventListener("htmx:response:error", onErrorAnswer);
document.addEventListener("htmx:before:swap", onSent);
document.addEventListener("htmx:before:swap", onOtherVersion);
document.addEventListener("htmx:before:swap", onTalk);
document.addEventListener("htmx:after:swap", onTalked);
document.addEventListener("htmx:after:swap", onSwap);
document.addEventListener("htmx:after:swap", onFound);
addEventListener("pageshow", onPageShow);
