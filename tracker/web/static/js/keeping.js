/* What is typed into a form of an issue is kept on the server: two seconds after the last key, at the latest five
   seconds after the first, and at once when the page is left or hidden. A form whose words could not be kept says so,
   and asks before it is left (tracker.js). */

const SOON = 2000;
const AT_LAST = 5000;
const waiting = new Map();

const keptIn = (form) => form?.querySelector("[data-kept]");

function forget(kept) {
  for (const timer of waiting.get(kept) ?? []) clearTimeout(timer);
  waiting.delete(kept);
}

function keep(kept) {
  forget(kept);
  if (kept.isConnected) htmx.trigger(kept, "keep");
}

function typed(event) {
  const kept = keptIn(event.target.closest?.("form"));
  if (!kept) return;
  const [soon, last] = waiting.get(kept) ?? [];
  clearTimeout(soon);
  waiting.set(kept, [setTimeout(keep, SOON, kept), last ?? setTimeout(keep, AT_LAST, kept)]);
}

/* The page may be gone before an answer comes, so this is sent by what outlives it. */
function keepAtOnce(kept) {
  forget(kept);
  const body = new FormData(kept.closest("form"));
  body.delete("files");
  fetch(kept.getAttribute("hx-post"), { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
}

function left() {
  for (const kept of [...waiting.keys()]) keepAtOnce(kept);
}

/* What is sent needs no keeping; what stands in the other forms of the page does. */
function submitted(event) {
  const sent = keptIn(event.target);
  if (sent) forget(sent);
  left();
}

/* ---- Whether it was kept: a refusal, a session that has ended and no network look alike to who types ---- */

const wasKept = (xhr) => xhr?.status === 200 && xhr.responseURL.includes("/replies/");

function answered(event) {
  const kept = event.target;
  if (!kept.matches?.("[data-kept]")) return;
  const form = kept.closest("form");
  if (wasKept(event.detail.xhr)) {
    delete form.dataset.lost;
  } else {
    form.dataset.lost = "";
    kept.textContent = "Not kept. Send it, or copy it before you leave.";
  }
}

function keepOutOfPlace(event) {
  if (event.detail.target.matches("[data-kept]") && !wasKept(event.detail.xhr)) event.detail.shouldSwap = false;
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("submit", submitted);
document.addEventListener("htmx:beforeSwap", keepOutOfPlace);
document.addEventListener("htmx:afterRequest", answered);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && left());
addEventListener("pagehide", left);
