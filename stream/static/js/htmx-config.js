// htmx reads from the page how it is to behave; no page needs to say so that never fetches it.

const meta = document.createElement("meta");
meta.name = "htmx-config";
meta.content = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  extensions: "none",
  morphIgnore: ["data-htmx-powered"],
  noSwap: ["204", "304", "40x", "41x", "423", "428", "429", "43x", "45x", "5xx"],
});
document.head.append(meta);
