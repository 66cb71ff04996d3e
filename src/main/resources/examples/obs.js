// How the person's OBS is reached.

import { call } from "/examples/connection.js";
import { onSubmit, pane, time } from "/examples/words.js";

const { section, parts, attempt } = pane("obs", { load, show, remove });
const form = section.querySelector("form");
const { host, port, password } = form.elements;

async function save() {
  const kept = await call("POST", "/obs-credentials/save", { host: host.value.trim(), port: port.valueAsNumber, password: password.value });
  hide();
  return `Kept: ${kept.host}, port ${kept.port}. The password is sealed for you alone.`;
}

/** The gateway writes down each load. */
async function load() {
  hide();
  const kept = await call("GET", "/obs-credentials/load");
  host.value = kept.host;
  port.value = kept.port;
  password.value = kept.password;
  return `Loaded, as saved on ${time(kept.savedAt)}.`;
}

function show(button) {
  const shows = password.type === "password";
  password.type = shows ? "text" : "password";
  button.ariaPressed = `${shows}`;
}

function hide() {
  if (password.type === "text") show(section.querySelector("[data-do=show]"));
}

async function remove() {
  await call("DELETE", "/obs-credentials/delete");
  changed();
  return "They are kept no more.";
}

/** Makes the pane work. */
export function begin() {
  onSubmit(form, () => attempt(save));
}

/** Somebody has signed in or out: what another may not see is taken away. */
export function changed() {
  hide();
  form.reset();
  parts.state.textContent = "";
}
