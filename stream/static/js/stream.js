// What scripts add to pages that work without them. No markup is made from text here, and nothing about XP is known.

const body = document.body;
const root = document.documentElement;
const YEAR = 31536000;

// Values are our own short words and IANA zones: all of it may stand in a cookie as it is.
function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${YEAR}${secure}`;
}

function isDark() {
  return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

// The control is a link to a page with a form; with scripts it switches at once.
function themeToggle(event) {
  event.preventDefault();
  root.dataset.theme = isDark() ? "light" : "dark";
  remember("theme", root.dataset.theme);
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
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(update); } }, { passive: true });
  update();
}

function say(text) {
  const place = document.querySelector("#announcer");
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = text;
  place.replaceChildren(line);
}

function copyButton(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = body.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("pre").textContent);
    say(body.dataset.copied);
  });
  block.append(button);
}

// In the list of contents, the section that is being read is marked.
function contents(toc) {
  const links = new Map([...toc.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      toc.querySelectorAll(".here").forEach((link) => link.classList.remove("here"));
      links.get(entry.target.id)?.classList.add("here");
    }
  }, { rootMargin: "-10% 0px -70% 0px" });
  for (const id of links.keys()) {
    const heading = document.getElementById(decodeURIComponent(id));
    if (heading) seen.observe(heading);
  }
}

// A request that failed is told beside the control that asked for it; what was typed stays.
function tellFailure(form, text) {
  const place = form?.querySelector(".failure");
  if (!place) return;
  place.textContent = text;
  place.hidden = false;
}

function answerText(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
}

function onRequest(event) {
  const place = event.target.closest?.("form")?.querySelector(".failure");
  if (place) place.hidden = true;
}

function onError(event) {
  const form = event.target.closest?.("form");
  tellFailure(form, form?.querySelector(".failure")?.dataset.offline);
}

function onErrorAnswer(event) {
  const { response, text } = event.detail.ctx;
  if (response.status === 422) return; // the form again, with its errors: swapped like any answer
  const form = event.target.closest?.("form");
  tellFailure(form, answerText(text) || form?.querySelector(".failure")?.dataset.error);
}

// A page that comes back out of the browser's memory would show old numbers.
function onPageShow(event) {
  if (event.persisted && document.querySelector("#standing")) location.reload();
}

function onKey(event) {
  if (event.key === "Escape") document.querySelector(".page .standing-box[open]")?.removeAttribute("open");
}

document.querySelectorAll("[data-theme-toggle]").forEach((link) => link.addEventListener("click", themeToggle));
document.querySelectorAll("[data-language]").forEach((link) =>
  link.addEventListener("click", () => {
    remember("language", link.dataset.language);
    link.hash = location.hash; // the place on the page stays
  }));
document.querySelectorAll(".readbar").forEach(readingLine);
document.querySelectorAll(".code").forEach(copyButton);
document.querySelectorAll(".toc").forEach(contents);
remember("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "");
document.addEventListener("htmx:before:request", onRequest);
document.addEventListener("htmx:error", onError);
document.addEventListener("htmx:response:error", onErrorAnswer);
addEventListener("pageshow", onPageShow);
addEventListener("keydown", onKey);
