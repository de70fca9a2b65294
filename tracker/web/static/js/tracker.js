/* Comforts for the keyboard and the mouse. Every page does its work without this file. */

const $ = (selector) => document.querySelector(selector);
const TYPED_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const typing = (element) => element.closest(TYPED_IN) !== null;

/* ---- Announcements: short spoken words such as "copied" ---- */

function say(words) {
  const region = $("[data-say]");
  if (region) region.textContent = words;
}

/* ---- Theme ---- */

function shownTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return document.documentElement.dataset.theme ?? system;
}

function toggleTheme() {
  const theme = shownTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch (refused) {
    say("The theme holds for this page only: the browser keeps nothing for this site.");
  }
  say(`${theme} theme`);
}

/* ---- Copying ---- */

async function copy(text, button) {
  if (!navigator.clipboard) return say("This browser copies only on a secure connection: mark the text and copy it.");
  await navigator.clipboard.writeText(text);
  say(`${text} copied`);
  if (!button) return;
  button.dataset.label ??= button.textContent;
  button.textContent = "done";
  setTimeout(() => (button.textContent = button.dataset.label), 1200);
}

/* ---- The row cursor is the focus itself, on the link of a row ---- */

const ROWS = "[data-rows] :is(tbody tr, .told)";

const linkOf = (row) => row?.querySelector("a[href]");
const rowLinks = () => [...document.querySelectorAll(ROWS)].map(linkOf).filter(Boolean);
const currentRow = () => document.activeElement.closest(ROWS);
const currentRowLink = () => linkOf(currentRow());
const pressInRow = (value) => {
  const found = currentRow()?.querySelector(value);
  found?.click();
  return found;
};

function moveCursor(step) {
  const links = rowLinks();
  const here = links.indexOf(currentRowLink());
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[next]?.focus();
}

/* A swap can take the row away from under the cursor: it goes on there, or at the row that came into its place. */

let leftRow = null;

function rememberRow() {
  const link = currentRowLink();
  leftRow = link ? { id: currentRow().id, place: rowLinks().indexOf(link) } : null;
}

function findRowAgain() {
  if (!leftRow || document.activeElement !== document.body) return;
  const links = rowLinks();
  const same = leftRow.id && linkOf(document.getElementById(leftRow.id));
  (same || links[leftRow.place] || links.at(-1))?.focus({ preventScroll: true });
}

/* Choosing many is a page of its own: the row that it began with is marked there, and has the focus. */

function beginChoosing() {
  const link = $("[data-choose]");
  if (!link) return;
  const address = new URL(link.href);
  if (currentRow()) address.searchParams.set("mark", currentRowLink().textContent);
  location.assign(address);
}

/* ---- Keys ---- */

const RANGE = { bubbles: true, cancelable: true, shiftKey: true };
const follow = (name) => $(`[data-go="${name}"]`)?.click();
const single = {
  "?": () => openKeys(),
  "/": () => $("[data-jump]")?.focus(),
  j: () => moveCursor(1),
  k: () => moveCursor(-1),
  o: () => currentRowLink()?.click(),
  x: () => pressInRow("input[name=number]") ?? beginChoosing(),
  X: () => currentRow()?.querySelector("input[name=number]")?.dispatchEvent(new MouseEvent("click", RANGE)),
  e: () => pressInRow("button[name=notice]"),
  m: () => pressInRow("button[name=do]"),
  i: () => $("[data-assign-me]")?.click(),
  c: () => $("[data-comment]")?.focus(),
  t: () => $("[data-presses] :is(a, button)")?.focus(),
  ".": () => $("[data-issue-number]") && copy($("[data-issue-number]").dataset.issueNumber),
};
const afterG = { h: "home", i: "inbox", l: "list", n: "new", m: "marked" };
let wentG = -Infinity; // the clock of events begins at 0 with the page

function openKeys() {
  const dialog = $("[data-keys-dialog]");
  if (dialog && !dialog.open) dialog.showModal();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.body.dataset.keys === "off" || typing(event.target) || $("dialog[open]")) return;
  const second = event.timeStamp - wentG < 1000 && afterG[event.key];
  wentG = event.key === "g" ? event.timeStamp : -Infinity;
  const act = second ? () => follow(second) : Object.hasOwn(single, event.key) && single[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/* Ctrl or Cmd with Enter sends what one writes. It is no key of one character: it works where those are switched off. */

function sent(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  event.target.closest("textarea:not([readonly])")?.form.querySelector("button.btn-primary")?.click();
}

/* ---- A form with unsaved words asks before it is left ---- */

const changed = new Set();

function guard(event) {
  const form = event.target.closest?.("form[data-guard]");
  if (form) changed.add(form);
}

/* What is kept by itself (keeping.js) asks nothing, but for chosen files and words that could not be kept. */
const isKept = (form) => form.querySelector("[data-kept]") && form.dataset.lost === undefined && !hasFiles(form);
const hasFiles = (form) => [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);

function leaving(event) {
  const unsaved = [...changed].some((form) => form.isConnected && !isKept(form));
  if (unsaved) event.preventDefault();
}

/* ---- A press that has no answer, as when the session has ended: the page is asked for anew, and says so ---- */

const isPress = (event) => event.detail.requestConfig?.triggeringEvent?.type === "submit";

function unanswered(event) {
  if (isPress(event)) location.reload();
}

function refuseSignIn(event) {
  if (new URL(event.detail.xhr.responseURL).pathname !== "/sign-in") return;
  event.detail.shouldSwap = false;
  unanswered(event);
}

/* ---- One listener each, for what is on the page now and what htmx brings later ---- */

document.addEventListener("keydown", pressed);
document.addEventListener("keydown", sent);
document.addEventListener("input", guard);
document.addEventListener("submit", (event) => changed.delete(event.target));
document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && changed.delete(event.target));
document.addEventListener("htmx:beforeSwap", rememberRow);
document.addEventListener("htmx:beforeSwap", refuseSignIn);
document.addEventListener("htmx:responseError", unanswered);
document.addEventListener("htmx:afterSettle", findRowAgain);
addEventListener("beforeunload", leaving);

/* ---- A page that nobody looks at does not say that somebody is there ---- */

document.addEventListener("htmx:beforeRequest", (event) => {
  const watched = event.target.closest("[data-while-visible]");
  if (watched && document.visibilityState === "hidden") event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = event.target;
  const copier = target.closest("[data-copy]");
  if (copier) copy(copier.dataset.copy, copier);
  if (target.closest("[data-theme-toggle]")) toggleTheme();
  if (target.closest("[data-keys-open]")) openKeys();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = $("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* ---- A page that refuses something begins at the reason; at its load, since its anchor takes the focus before ---- */

const isInView = ({ top, bottom }) => top >= 0 && bottom <= innerHeight;

addEventListener("load", () => {
  const reason = $("[role=alert][tabindex]");
  reason?.focus({ preventScroll: isInView(reason.getBoundingClientRect()) });
});
