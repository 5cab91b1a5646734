// Everything here only makes quicker what works without it: keys, a warning before long text is lost, a hint at likely
// duplicates, printing. Lists are tables with class "cards"; what a key does on a page is said by data-key on an element.

const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("table.cards tbody tr")].filter((row) => row.querySelector("a[href]"));

let at = -1;

function moveTo(place) {
  const all = rows();
  if (!all.length) return;
  all[at]?.classList.remove("at");
  at = Math.max(0, Math.min(all.length - 1, place));
  const link = all[at].querySelector("a[href]");
  all[at].classList.add("at");
  link.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

// Boxes in front of the rows: "x" ticks the row at which the keys stand, "X" all of the page.
const boxes = () => [...document.querySelectorAll("table.cards td.pick input")];

function tick(all) {
  const every = boxes();
  const on = (box, value) => { if (box.checked !== value) box.click(); };
  if (all) {
    const value = !every.every((box) => box.checked);
    every.forEach((box) => on(box, value));
  } else {
    rows()[at]?.querySelector("td.pick input")?.click();
  }
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

// The names of the keys that this page knows, shown by "?".
function help() {
  const lines = [["/", "找诉求、企业、编号"]];
  if (rows().length) lines.push(["j", "下一行"], ["k", "上一行"], ["Enter", "打开"]);
  if (boxes().length) lines.push(["x", "勾选这一行"], ["X", "勾选本页"]);
  for (const node of document.querySelectorAll("[data-key]")) {
    const key = node.dataset.key;
    if (!lines.some(([known]) => known === key)) lines.push([key, node.dataset.keyName ?? node.textContent.replace(/\s+\S$/, "").trim()]);
  }
  lines.push(["?", "显示或收起本表"]);
  const box = document.createElement("dialog");
  box.setAttribute("aria-label", "按键");
  const title = document.createElement("h2");
  title.textContent = "按键";
  const list = document.createElement("dl");
  for (const [key, name] of lines) {
    const term = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap);
    const text = document.createElement("dd");
    text.textContent = name;
    list.append(term, text);
  }
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.textContent = "收起";
  form.append(close);
  box.append(title, list, form);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const open = document.querySelector("dialog[open]");
  if (open) {
    if (event.key === "?") open.close();
    return;
  }
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  switch (event.key) {
    case "j": moveTo(at + 1); break;
    case "k": moveTo(at - 1); break;
    case "?": help(); break;
    case "x": case "X": if (!boxes().length) return; tick(event.key === "X"); break;
    default: if (event.key.length > 1 || !press(event.key)) return;
  }
  event.preventDefault();
});

// Long text that was typed and not sent: ask before it is lost.
const LONG = 20;
let sending = false;
const unsent = () => [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue && area.value.trim().length >= LONG);

addEventListener("submit", () => { sending = true; });
addEventListener("pageshow", () => { sending = false; });
addEventListener("beforeunload", (event) => {
  if (!sending && unsent()) event.preventDefault();
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
});

// How many characters are left, from where it matters.
for (const area of document.querySelectorAll("textarea[maxlength]")) {
  const most = Number(area.maxLength);
  const left = document.createElement("p");
  left.className = "hint";
  left.setAttribute("aria-live", "polite");
  left.hidden = true;
  area.after(left);
  area.addEventListener("input", () => {
    const rest = most - [...area.value].length;
    left.hidden = rest > most * 0.2;
    left.textContent = `还可以写 ${rest} 个字`;
  });
}

// Likely duplicates and answered precedents, while the text is being written; without this a button asks for them. The
// server's answer is drawn as text only.
const source = document.querySelector("textarea[data-similar]");
const place = document.querySelector(".similar");
if (source && place) {
  const title = source.form.elements.title;
  const typed = () => [title?.value.trim(), source.value.trim()].filter(Boolean).join("\n");
  const told = (item) => [item.title ?? item.theme_label ?? "没有归类的", `${item.month} 收到`, item.channel_label,
    item.outcome_label ?? item.status_label, item.same && "可能是同一件"].filter(Boolean).join(" · ");
  let waiting;
  let last = "";
  const ask = async () => {
    const text = typed();
    if (text.length < 12 || text === last) return;
    last = text;
    const answer = await fetch(`${source.dataset.similar}?text=${encodeURIComponent(text.slice(0, 400))}`).catch(() => null);
    if (!answer?.ok || text !== typed()) return;
    const { items } = await answer.json();
    place.replaceChildren();
    if (!items?.length) return;
    const head = document.createElement("p");
    head.textContent = items[0].url ? "已有相近的，看看是不是同一件：" : "有人反映过相近的事。您照样可以提交：";
    const list = document.createElement("ul");
    list.className = "bullets";
    for (const item of items) {
      const line = document.createElement("li");
      const link = document.createElement(item.url ? "a" : "span");
      if (item.url?.startsWith("/")) { link.href = item.url; link.target = "_blank"; }
      link.textContent = told(item);
      line.append(link);
      list.append(line);
    }
    place.append(head, list);
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(ask, 600); };
  source.addEventListener("input", later);
  title?.addEventListener("input", later);
  document.querySelector("button[name=step][value=look]")?.remove();
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

// The error summary takes the focus, so that a screen reader starts there; the stage track opens at "now".
document.getElementById("errors")?.focus();
const now = document.querySelector(".stages .now");
if (now) now.parentElement.scrollLeft = now.offsetLeft - now.parentElement.clientWidth / 2 + now.clientWidth / 2;

// A form with data-send goes out with Ctrl+Enter from any of its fields: somebody is waiting on the telephone.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form[data-send]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

// Known names for a field with data-suggest, from the list that the address answers with.
for (const field of document.querySelectorAll("input[data-suggest][list]")) {
  let waiting;
  const ask = async () => {
    const text = field.value.trim();
    if (text.length < 2) return;
    const answer = await fetch(`${field.dataset.suggest}?limit=8&q=${encodeURIComponent(text)}`).catch(() => null);
    if (!answer?.ok || text !== field.value.trim()) return;
    const { items } = await answer.json();
    field.list.replaceChildren(...(items ?? []).map((item) => Object.assign(document.createElement("option"), { value: item.name })));
  };
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 200); });
}

// 常用语: put in place of what is selected in the field, or at its end; without this the server does it.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-phrase]");
  const field = button && document.getElementById(button.dataset.into);
  if (!field) return;
  event.preventDefault();
  const { selectionStart: from, selectionEnd: to, value } = field;
  const touched = value !== "" && from !== to;
  const lead = value === "" || value.endsWith("\n") || touched ? "" : "\n";
  field.setRangeText(lead + button.dataset.phrase, touched ? from : value.length, touched ? to : value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
