// A card becomes elements. Everything a person or a feed wrote goes in as text, never as markup.

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function fieldsOf(card) {
  const list = make("dl");
  for (const field of card.fields) list.append(make("dt", "", field.label), make("dd", "", field.value));
  return list;
}

function timelineOf(card) {
  const list = make("ol");
  for (const step of card.timeline) {
    const item = make("li", step.done === false ? "ahead" : "");
    item.append(make("div", "step-when", step.when), make("div", "", [step.what, step.where].filter(Boolean).join(" · ")));
    list.append(item);
  }
  return list;
}

function tableOf(table) {
  const whole = make("div");
  const scroll = make("div", "scroll");
  const grid = make("table", table.columns.length > 2 ? "rows" : "");
  const head = grid.createTHead().insertRow();
  for (const column of table.columns) {
    const cell = make("th", "", column);
    cell.scope = "col";
    head.append(cell);
  }
  const body = grid.createTBody();
  for (const row of table.rows) {
    const line = body.insertRow();
    for (const value of row) line.insertCell().textContent = value;
  }
  scroll.append(grid);
  whole.append(scroll);
  if (table.hidden && table.more) whole.append(make("div", "more", table.more.replace("{n}", String(table.hidden))));
  return whole;
}

// A file to download; one that cannot be had is only named.
function fileOf(file, language) {
  const line = make("p", "file");
  if (!file.url) {
    line.append(make("span", "clip", file.name));
    return line;
  }
  const link = make("a", "clip", file.name);
  link.href = file.url;
  link.download = file.name;
  line.append(link, make("small", "", sizeOf(file.size, language)));
  return line;
}

export function sizeOf(bytes, language) {
  const large = bytes >= 1e6;
  const value = large ? bytes / 1e6 : Math.max(1, bytes / 1e3);
  return new Intl.NumberFormat(language === "en" ? "en-GB" : "zh-CN", {
    style: "unit", unit: large ? "megabyte" : "kilobyte", maximumFractionDigits: large ? 1 : 0,
  }).format(value);
}

function actionsOf(card, say) {
  const row = make("div", "actions");
  for (const action of card.actions) {
    if (action.url) {
      const link = make("a", action.style || "", action.label);
      link.href = action.url;
      link.rel = "noopener noreferrer";
      row.append(link);
    } else {
      const button = make("button", action.style || "", action.label);
      button.type = "button";
      button.addEventListener("click", () => say(action.say || action.label));
      row.append(button);
    }
  }
  return row;
}

export function cardElement(card, say) {
  const box = make("article", `card ${card.tone || ""}`);
  box.lang = card.language || "en";
  if (card.title) box.append(make("h3", "", card.title));
  for (const paragraph of card.text || []) box.append(make("p", "", paragraph));
  if (card.fields?.length) box.append(fieldsOf(card));
  if (card.timeline?.length) box.append(timelineOf(card));
  if (card.timeline_more) box.append(make("div", "more", card.timeline_more));
  if (card.table) box.append(tableOf(card.table));
  for (const file of card.files || []) box.append(fileOf(file, box.lang));
  if (card.actions?.length) box.append(actionsOf(card, say));
  if (card.footer) box.append(make("footer", "", card.footer));
  return box;
}

export { make };
