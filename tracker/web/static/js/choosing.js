/* Marking rows of the list: one, a range since the last, or the whole page; and how many are marked. */

const form = document.querySelector("[data-choosing]");
const page = form.querySelector("input[name=page]");
const boxes = [...form.querySelectorAll("input[name=number]")];
let last = boxes.find((box) => box.checked) ?? null;

function mark(box, range) {
  if (range && last) markBetween(boxes.indexOf(last), boxes.indexOf(box), box.checked);
  last = box;
}

function markBetween(one, other, marked) {
  const [first, final] = one < other ? [one, other] : [other, one];
  for (const box of boxes.slice(first, final + 1)) box.checked = marked;
}

function count() {
  const marked = boxes.filter((box) => box.checked).length;
  page.checked = marked === boxes.length;
  page.indeterminate = marked > 0 && !page.checked;
  form.querySelector("[data-marked]").textContent = `${marked} marked`;
}

form.addEventListener("click", (event) => {
  if (event.target === page) markBetween(0, boxes.length - 1, page.checked);
  else if (boxes.includes(event.target)) mark(event.target, event.shiftKey);
  else return;
  count();
});

form.addEventListener("mousedown", (event) => {
  if (event.shiftKey && boxes.includes(event.target)) event.preventDefault(); // else the words between are selected
});

addEventListener("pageshow", count); // a page that is gone back to keeps its marks
