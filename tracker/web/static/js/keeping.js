/* What is typed into a form of an issue is kept on the server: two seconds after the last key, at the latest five
   seconds after the first, and at once when the page is left or hidden. */

const SOON = 2000;
const AT_LAST = 5000;
const waiting = new Map();

function keep(kept) {
  for (const timer of waiting.get(kept) ?? []) clearTimeout(timer);
  waiting.delete(kept);
  if (kept.isConnected) htmx.trigger(kept, "keep");
}

function typed(event) {
  const kept = event.target.closest?.("form")?.querySelector("[data-kept]");
  if (!kept) return;
  const [soon, last] = waiting.get(kept) ?? [];
  clearTimeout(soon);
  waiting.set(kept, [setTimeout(keep, SOON, kept), last ?? setTimeout(keep, AT_LAST, kept)]);
}

/* The page may be gone before an answer comes, so this is sent by what outlives it. */
function left() {
  for (const kept of waiting.keys()) {
    const form = kept.closest("form");
    const body = new FormData(form);
    body.delete("files");
    fetch(kept.getAttribute("hx-post"), { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
  }
  forget();
}

function forget() {
  for (const timers of waiting.values()) timers.forEach(clearTimeout);
  waiting.clear();
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("submit", forget);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && left());
addEventListener("pagehide", left);
