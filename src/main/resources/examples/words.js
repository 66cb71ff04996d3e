// What the panes of the studio have in common: elements, and words for people.

export const byId = (id) => document.getElementById(id);

export function element(name, text = "", more = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, more);
}

/** A button that belongs to something, which its name tells those who do not see it. */
export function button(text, what, onclick) {
  return element("button", text, { type: "button", ariaLabel: `${text} ${what}`.trim(), onclick });
}

/** A row of a list: what it is, more about it, and what can be done with it. */
export function row(text, more, buttons = []) {
  const made = element("li");
  const words = element("div", text);
  if (more) words.append(element("small", more));
  made.append(words);
  if (buttons.length) made.append(element("div", "", { className: "buttons" }));
  made.lastElementChild.append(...buttons);
  return made;
}

/** Other rows in the place of those there are; who was at a button there is at the one in its place. */
export function refill(list, rows) {
  const before = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  list.replaceChildren(...rows);
  if (before < 0) return;
  const now = [...list.querySelectorAll("button")];
  now[Math.min(before, now.length - 1)]?.focus();
}

/** What a section is made of: its parts by name, and work that is done one at a time and says how it went. */
export function pane(id, work) {
  const section = byId(id);
  const parts = {};
  for (const part of section.querySelectorAll("[data-is]")) parts[part.dataset.is] = part;
  const wrong = section.querySelector("[role=alert]");
  let busy = false;
  const attempt = async (task) => {
    if (busy) return;
    busy = true;
    wrong.textContent = "";
    try {
      const said = await task();
      if (typeof said === "string") parts.state.textContent = said;
    } catch (failed) {
      parts.state.textContent = "";
      wrong.textContent = failed.message;
    } finally {
      busy = false;
    }
  };
  for (const control of section.querySelectorAll("[data-do]")) {
    control.onclick = () => attempt(() => work[control.dataset.do](control));
  }
  /** Does what nobody has asked for, such as showing what is new. */
  const quietly = (task) => task().catch((failed) => (wrong.textContent = failed.message));
  return { section, parts, attempt, quietly };
}

/** Does a form's work when it is sent. */
export function onSubmit(form, work) {
  form.onsubmit = (event) => {
    event.preventDefault();
    work();
  };
}

export const time = (text) => new Date(text).toLocaleString();
export const bytes = (count) => (count < 1024 ? `${count} bytes` : `${(count / 1024).toFixed(1)} KiB`);
export const some = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

const steps = (pointer) =>
  pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

/** What is at a place (a JSON pointer, RFC 6901); undefined where nothing is. */
export function at(value, pointer) {
  return steps(pointer).reduce((inner, step) => (Object.hasOwn(inner ?? {}, step) ? inner[step] : undefined), value);
}

/** A place for people: /alerts/0/soundFile is "Alerts, 1, sound file". */
export function place(pointer) {
  const words = steps(pointer).map((step) => {
    if (/^\d+$/.test(step)) return `${Number(step) + 1}`;
    return step.replace(/([a-z\d])([A-Z])/g, (_, end, begin) => `${end} ${begin.toLowerCase()}`);
  });
  const text = words.join(", ");
  return text ? text[0].toUpperCase() + text.slice(1) : "All of it";
}

/** A value for people. */
export function shown(value) {
  if (value === undefined) return "nothing";
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "string" ? value || "empty" : JSON.stringify(value, null, 1).slice(0, 500);
}

/** What a JSON Patch (RFC 6902) from mine to theirs says: each place with both values. */
export function differences(patch, mine) {
  const whole = { value: structuredClone(mine) };
  return patch.map(({ op, path, value }) => {
    const inner = `/value${path}`;
    const cut = inner.lastIndexOf("/");
    const parent = at(whole, inner.slice(0, cut));
    const [last] = steps(inner.slice(cut));
    const inserts = op === "add" && Array.isArray(parent);
    const before = inserts ? undefined : at(whole, inner);
    if (inserts) parent.splice(last === "-" ? parent.length : Number(last), 0, value);
    else if (op !== "remove") parent[last] = value;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
    return { path, mine: before, theirs: op === "remove" ? undefined : value };
  });
}
