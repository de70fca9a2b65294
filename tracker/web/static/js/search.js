/* Help while typing: suggestions in the jump box, and how a query goes on. The boxes work without this file. */

const WAIT = 120;
const KEPT = 8;

/* ---- A list of offers under an input (the combobox pattern of the ARIA practices) ---- */

const COMBOBOX = { role: "combobox", "aria-expanded": "false" };

class Offers {
  constructor(input, { load, choose, attributes = COMBOBOX, eager = false }) {
    Object.assign(this, { input, load, choose, eager, shown: [], at: -1, asked: 0 });
    this.list = document.createElement("div");
    this.list.id = `${input.id}-offers`;
    this.list.className = "offers";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    input.after(this.list);
    const controls = { "aria-controls": this.list.id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries({ ...attributes, ...controls })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
    this.list.addEventListener("mousedown", (event) => this.click(event));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const turn = ++this.asked;
    const offers = await this.load(this.input);
    if (turn === this.asked && document.activeElement === this.input) this.show(offers);
  }

  show(offers) {
    this.shown = offers;
    this.at = -1;
    this.list.replaceChildren(...this.lines(offers));
    this.list.hidden = offers.length === 0;
    if (this.input.hasAttribute("aria-expanded")) this.input.setAttribute("aria-expanded", String(offers.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    if (this.eager && offers.length > 0) this.move(1);
  }

  *lines(offers) {
    let group = "";
    for (const [index, offer] of offers.entries()) {
      if (offer.group && offer.group !== group) yield titled(offer.group);
      group = offer.group ?? "";
      yield line(offer, `${this.list.id}-${index}`, index);
    }
  }

  hide() {
    this.asked += 1;
    this.show([]);
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.move(step);
    else if (event.key === "Escape") this.hide();
    else if ((event.key === "Enter" || event.key === "Tab") && this.at >= 0) this.choose(this.shown[this.at], this);
    else return;
    event.preventDefault();
  }

  move(step) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    options[this.at]?.removeAttribute("aria-selected");
    this.at = (this.at + step + options.length + (this.at < 0 && step < 0 ? 1 : 0)) % options.length;
    options[this.at].setAttribute("aria-selected", "true");
    options[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.at].id);
  }

  click(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    this.choose(this.shown[Number(option.dataset.index)], this);
  }
}

function titled(text) {
  const title = document.createElement("div");
  title.className = "offers-group";
  title.setAttribute("role", "presentation");
  title.textContent = text;
  return title;
}

function line(offer, id, index) {
  const option = document.createElement("div");
  option.id = id;
  option.dataset.index = index;
  option.setAttribute("role", "option");
  for (const [name, text] of [["text", offer.text], ["note", offer.note]]) {
    if (!text) continue;
    const part = document.createElement("span");
    part.className = `offers-${name}`;
    part.textContent = text;
    option.append(part, " ");
  }
  return option;
}

async function asked(address, given, otherwise) {
  const answer = await fetch(`${address}?${new URLSearchParams(given)}`).catch(() => null);
  return answer?.ok ? answer.json() : otherwise;
}

/* ---- The jump box ---- */

const jump = document.querySelector("[data-jump]");
if (jump) {
  new Offers(jump, {
    load: (input) => (input.value.trim().length < 2 ? [] : asked("/suggest", { q: input.value }, [])),
    choose: (offer) => location.assign(offer.address),
  });
}

/* ---- Mentions: `@` and what follows it, in a comment; a text box stays a text box ---- */

const MENTION = /(?:^|[^\w@./-])@((?:[a-z0-9][a-z0-9._@-]*)?)$/i;

for (const comment of document.querySelectorAll("[data-mentions]")) {
  new Offers(comment, { load: readers, choose: mention, attributes: { "aria-haspopup": "listbox" }, eager: true });
}

const begunAt = (input) => input.value.slice(0, input.selectionStart).match(MENTION)?.[1];

function readers(input) {
  const begun = begunAt(input);
  const ring = input.form.querySelector("[name=ring]:checked")?.value ?? "";
  return begun !== undefined ? asked(`/issues/${input.dataset.mentions}/people`, { q: begun, ring }, []) : [];
}

function mention(offer, offers) {
  const { input } = offers;
  const end = input.selectionStart;
  input.setRangeText(`${offer.text} `, end - (begunAt(input) ?? "").length - 1, end, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  offers.hide();
}

/* ---- The query line: keys, then values, then the reader's own recent searches ---- */

const query = document.querySelector("[data-query]");
if (query) {
  new Offers(query, { load: continued, choose: goOn });
  query.form.addEventListener("submit", () => remember(query.value.trim()));
}

async function continued(input) {
  const before = input.value.slice(0, input.selectionStart);
  const given = { q: before, whole: input.value };
  const { offers, wrong } = await asked("/suggest/query", given, { offers: [], wrong: null });
  tell(input, wrong && wrong.end < before.length ? wrong : null);
  const recent = recents().filter((text) => text !== input.value && text.startsWith(input.value));
  return [...offers, ...recent.map((text) => ({ group: "Searched before", text, start: -1 }))];
}

/* What is wrong is said once the cursor has left it: nobody is told off for a word half typed. */

function tell(input, wrong) {
  const [message, marked] = [document.querySelector("[data-query-wrong]"), document.querySelector("[data-query-marked]")];
  input.toggleAttribute("aria-invalid", wrong !== null);
  message.hidden = marked.hidden = wrong === null;
  if (wrong === null) return;
  message.textContent = wrong.message;
  const place = document.createElement("mark");
  place.className = "wrong";
  place.textContent = input.value.slice(wrong.start, wrong.end);
  marked.replaceChildren(input.value.slice(0, wrong.start), place, input.value.slice(wrong.end));
}

function goOn(offer, offers) {
  const input = offers.input;
  if (offer.start < 0) {
    input.value = offer.text;
    return input.form.requestSubmit();
  }
  const after = input.value.slice(input.selectionStart);
  const open = offer.text.endsWith(":");
  const head = input.value.slice(0, offer.start) + offer.text + (open || after.startsWith(" ") ? "" : " ");
  input.value = head + after;
  input.setSelectionRange(head.length, head.length);
  offers.later();
}

/* Kept in this browser for this person only; a browser that keeps nothing offers nothing. */

function recents() {
  try {
    return JSON.parse(localStorage.getItem(`searches:${query.dataset.person}`)) ?? [];
  } catch (refused) {
    return [];
  }
}

function remember(text) {
  if (!text) return;
  const kept = [text, ...recents().filter((one) => one !== text)].slice(0, KEPT);
  try {
    localStorage.setItem(`searches:${query.dataset.person}`, JSON.stringify(kept));
  } catch (refused) {
    /* Nothing is offered again, and nothing else is lost. */
  }
}
