// Settings of an overlay in slots: of who is signed in, or of this browser.

import { account, ask } from "/examples/account.js";
import { ask as askWhich, cameBefore } from "/examples/conflict.js";
import { call, connection } from "/examples/connection.js";
import { queue } from "/examples/queue.js";
import { bytes, button, element, onSubmit, pane, refill, row, some, time } from "/examples/words.js";

const DEVICE = "sluice.studio.device"; // an id that is as good as a password: it is never shown
const TAB = "sluice.studio.tab";
const EMPTY = { title: "My stream", color: "#7d5bed", alertVolume: 50, showChat: true, scenes: ["Start", "Game", "End"] };

const { section, parts, attempt, quietly } = pane("saves", { load, remove, versions, claim });
const form = section.querySelector("form");
const fields = form.elements;
const base = { slot: null, version: 0 }; // what was loaded or saved last
const earlier = parts.versions;
let configs = EMPTY;

const slot = () => fields.slot.value.trim();
const named = (name) => `“${name}”`;

function deviceId() {
  if (!localStorage.getItem(DEVICE)) localStorage.setItem(DEVICE, crypto.randomUUID());
  return localStorage.getItem(DEVICE);
}

/** Of the account, or with the device's id. */
function asked(method, path, body) {
  if (account.user) return call(method, `/cloud-save${path}`, body);
  return ask(method, `/cloud${path}`, body, { "X-Device-Id": deviceId() });
}

const of = (name) => `?slot=${encodeURIComponent(name)}`;

async function load() {
  const loaded = await asked("GET", `/load${of(slot())}`);
  take(loaded);
  return `Version ${loaded.version} of ${named(loaded.slot)} is loaded${from(loaded)}.`;
}

const from = ({ device, savedAt }) => ` (${[device, savedAt && time(savedAt)].filter(Boolean).join(", ")})`;

/** Goes on with what is there now. */
function take(loaded) {
  configs = loaded.configs ?? configs;
  know(loaded);
  showConfigs();
}

function know({ slot, version }) {
  Object.assign(base, { slot, version });
  fields.slot.value = slot;
  if (!(parts.notice.version > version)) notice("");
}

async function save() {
  readForm();
  if (!account.user) return saved(await attemptToSave(body()));
  const write = {
    subject: `save ${slot()}`,
    what: `Settings ${named(slot())}`,
    method: "POST",
    path: "/cloud-save/save",
    body: body(),
  };
  return attemptToSave(write.body, () => queue.write(write)).then((done) =>
    done ? saved(done) : "It is kept in this browser, and sent when the gateway is in reach.",
  );
}

function body() {
  const version = base.slot === slot() ? base.version : 0;
  return { slot: slot(), configs, device: fields.device.value.trim(), baseVersion: version };
}

/** Saves, and asks where another has come before. */
async function attemptToSave(wish, work = () => asked("POST", "/save", wish)) {
  try {
    return await work();
  } catch (failed) {
    if (failed.code !== "SYNC_CONFLICT") throw failed;
    which(wish, failed);
    throw new Error(`${named(wish.slot)} is not saved yet: another machine has come before.`);
  }
}

function which(wish, failed, solved = () => {}) {
  return askWhich(
    {
      name: named(wish.slot),
      mine: wish.configs,
      of: (server) => server.configs,
      save: (strategy, baseVersion) => asked("POST", "/save", { ...wish, strategy, baseVersion }),
      saved: (done, taken) => attempt(async () => (solved(), saved(done, taken))),
      take: (server) =>
        attempt(async () => {
          solved();
          if (!server) return know({ slot: wish.slot, version: 0 }), "It stays deleted.";
          take({ slot: wish.slot, version: failed.details.serverVersion, ...server });
          return `Theirs is taken: version ${base.version}.`;
        }),
    },
    failed,
  );
}

function saved(done, taken) {
  if (done.configs) take(done);
  else know(done);
  quietly(list);
  if (done.status === "merged") return `Merged, and saved as version ${done.version}. From the other machine: ${taken || "all that it changed"}.`;
  if (done.status === "unchanged") return `Nothing to save: version ${done.version} is the same.`;
  return `Saved as version ${done.version}.`;
}

async function remove() {
  const name = slot();
  const known = base.slot === name && base.version ? `&baseVersion=${base.version}` : "";
  await asked("DELETE", `/delete${of(name)}${known}`).catch(cameBefore);
  know({ slot: name, version: 0 });
  await list();
  if (!account.user) return `${named(name)} is deleted.`;
  await versions();
  return `${named(name)} is deleted. For 30 days it can be restored.`;
}

async function versions() {
  const name = slot();
  const kept = await asked("GET", `/versions${of(name)}`);
  earlier.hidden = false;
  earlier.querySelector("h3").textContent = `Versions of ${named(name)}${kept.deleted ? ", which is deleted" : ""}`;
  const rows = kept.versions.map((one) => {
    const restores = button("Restore", `version ${one.version}`, () => attempt(() => restore(name, one.version)));
    return row(`Version ${one.version}`, facts(one), one.version === kept.versions[0].version && !kept.deleted ? [] : [restores]);
  });
  refill(earlier.querySelector("ul"), rows);
}

const facts = (one) => [one.name, one.device, time(one.savedAt), bytes(one.size)].filter(Boolean).join(" · ");

async function restore(name, version) {
  const done = await asked("POST", "/restore", { slot: name, version, device: fields.device.value.trim() });
  know(done);
  await load();
  await Promise.all([versions(), list()]);
  earlier.querySelector("h3").focus();
  return `Version ${version} is the newest again, as version ${done.version}.`;
}

async function claim() {
  const { claimed } = await call("POST", "/cloud-save/claim", null, { "X-Device-Id": deviceId() });
  await list();
  return `Moved: ${claimed.map((one) => (one.slot === one.as ? named(one.slot) : `${named(one.slot)} as ${named(one.as)}`)).join(", ")}.`;
}

/** Shows the slots, and whether the one that is edited has a newer version. */
async function list() {
  const who = account.user?.id;
  const none = { saves: [], used: { slots: 0, bytes: 0 } };
  const { saves, used, limits } = who || localStorage.getItem(DEVICE) ? await asked("GET", "/list") : none;
  if (who !== account.user?.id) return;
  parts.where.textContent = account.user ? "Kept in your account." : "Kept for this browser, until you sign in.";
  refill(parts.slots, saves.length ? saves.map(slotRow) : [row("None yet")]);
  parts.used.textContent = limits ? `${used.slots} of ${some(limits.slots, "slot")}, ${bytes(used.bytes)}` : "";
  section.querySelector("datalist").replaceChildren(...saves.map((one) => element("option", "", { value: one.slot })));
  const newest = saves.find((one) => one.slot === base.slot);
  if (newest?.version > base.version) tell(newest);
  const own = account.user && localStorage.getItem(DEVICE);
  const left = own ? await ask("GET", "/cloud/list", null, { "X-Device-Id": own }) : { saves: [] };
  parts.claim.hidden = !left.saves.length;
  parts.claim.querySelector("button").textContent = `Move ${some(left.saves.length, "save")} of this browser into my account`;
}

function slotRow(one) {
  const loads = button("Load", named(one.slot), () => {
    fields.slot.value = one.slot;
    return attempt(load);
  });
  return row(one.slot, `Version ${one.version} · ${facts(one)}`, [loads]);
}

/** Another machine has saved what is edited here. */
function tell({ slot, version, device, status }) {
  if (slot !== base.slot || version <= base.version) return;
  const who = device ? named(device) : "Another machine";
  if (status === "deleted") return notice(`${who} has deleted this slot.`, version);
  notice(`${who} has saved version ${version}.`, version, button("Load it", "", () => attempt(load).then(() => fields.title.focus())));
}

function notice(text, version = 0, ...more) {
  parts.notice.version = version;
  if (text && parts.notice.firstChild?.data === text) return; // its button may be being pressed
  parts.notice.replaceChildren(text, ...more);
}

function readForm() {
  if (fields.json.value !== fields.json.shown) readJson();
  if (!form.reportValidity()) throw new Error("Correct what is marked, then save again.");
}

function readJson() {
  try {
    configs = JSON.parse(fields.json.value);
  } catch (failed) {
    throw new Error(`The JSON cannot be read: ${failed.message}`);
  }
  showConfigs();
}

/** From the fields into the JSON, where all else stays. */
function fromFields() {
  const { title, color, alertVolume, showChat, scenes } = fields;
  const lines = scenes.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const own = { title: title.value, color: color.value, alertVolume: alertVolume.valueAsNumber || 0, showChat: showChat.checked, scenes: lines };
  configs = { ...configs, ...own };
  showJson();
}

function showConfigs() {
  const { title, color, alertVolume, showChat, scenes } = { ...EMPTY, ...configs };
  fields.title.value = title;
  fields.color.value = color;
  fields.alertVolume.value = alertVolume;
  fields.showChat.checked = showChat;
  fields.scenes.value = [scenes].flat().join("\n");
  showJson();
}

function showJson() {
  fields.json.value = fields.json.shown = JSON.stringify(configs, null, 2);
}

/** Queued writes of a slot that another has come before: joined if they can be, or the person is asked. */
async function settle(writes) {
  if (!writes[0].subject.startsWith("save ")) return;
  const wish = { ...writes.at(-1).body, baseVersion: writes[0].body.baseVersion };
  const solved = () => queue.drop(writes);
  try {
    const done = await asked("POST", "/save", { ...wish, strategy: "merge" });
    solved();
    for (const hears of queue.verdicts) hears(writes.at(-1), 200, done);
    if (base.slot === wish.slot) take(done);
  } catch (failed) {
    if (failed.code !== "SYNC_CONFLICT") throw failed;
    parts.state.textContent = "";
    await which(wish, failed, solved);
  }
}

/** Makes the pane work. */
export function begin() {
  sessionStorage.getItem(TAB) ?? sessionStorage.setItem(TAB, `Tab ${crypto.randomUUID().slice(0, 4)}`);
  fields.device.value = sessionStorage.getItem(TAB);
  fields.device.onchange = () => sessionStorage.setItem(TAB, fields.device.value.trim());
  for (const name of ["title", "color", "alertVolume", "showChat", "scenes"]) fields[name].oninput = fromFields;
  fields.json.onchange = () => attempt(async () => readJson());
  onSubmit(form, () => attempt(save));
  connection.heard.push((frame) => {
    if (frame.type !== "SAVE_CHANGED") return;
    if (frame.payload.device !== fields.device.value) tell(frame.payload);
    quietly(list);
  });
  connection.changed.push(() => connection.isOpen && quietly(list));
  queue.conflicted.push(settle);
  queue.verdicts.push((write, status, { slot, version }) => {
    if (write.subject !== `save ${slot}` || status >= 300 || base.slot !== slot) return;
    know({ slot, version });
    parts.state.textContent = `Sent, and saved as version ${version}.`;
    quietly(list);
  });
  base.slot = slot();
  showConfigs();
}

/** Somebody has signed in or out. */
export function changed() {
  Object.assign(base, { slot: slot(), version: 0 });
  notice("");
  earlier.hidden = true;
  section.querySelector("[data-do=versions]").hidden = !account.user; // which devices have none of
  return quietly(list);
}
