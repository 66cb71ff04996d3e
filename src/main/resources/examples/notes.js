// Notes: with versions as saves have, a search and a bin.

import { account } from "/examples/account.js";
import { ask as askWhich, cameBefore } from "/examples/conflict.js";
import { call, connection } from "/examples/connection.js";
import { queue } from "/examples/queue.js";
import { button, onSubmit, pane, refill, row, time } from "/examples/words.js";

const { parts, attempt, quietly } = pane("notes", { another, more });
const fields = parts.edit.elements;
const search = parts.search.elements;
let note = null; // that is edited: {id, version}
let cursor; // of the next page

const nameOf = ({ title }) => (title ? `“${title}”` : "the note without a title");
const tags = () => fields.tags.value.split(",").map((tag) => tag.trim()).filter(Boolean);
const written = ({ title, content, tags }) => ({ title, content, tags });

function another() {
  note = null;
  parts.edit.reset();
  fields.title.focus();
  return "";
}

function edit(loaded) {
  note = { id: loaded.id, version: loaded.version };
  fields.title.value = loaded.title;
  fields.content.value = loaded.content;
  fields.tags.value = loaded.tags.join(", ");
}

/** An id is made up here, so that a note can be changed again before it was sent. */
async function save() {
  if (!account.user) throw new Error("Sign in first.");
  note ??= { id: crypto.randomUUID(), version: 0 };
  const wish = { title: fields.title.value.trim(), content: fields.content.value, tags: tags() };
  const body = { ...wish, id: note.id, baseVersion: note.version, device: sessionStorage.getItem("sluice.studio.tab") };
  const write = { subject: `note ${note.id}`, what: `Note ${nameOf(wish)}`, method: "POST", path: "/notes/save", body };
  try {
    const done = await queue.write(write);
    return done ? saved(done) : "It is kept in this browser, and sent when the gateway is in reach.";
  } catch (failed) {
    if (failed.code !== "SYNC_CONFLICT") throw failed;
    which(body, failed);
    throw new Error("The note is not saved yet: another machine has come before.");
  }
}

function saved(done, taken) {
  if (note?.id === done.id) note.version = done.version;
  if (note?.id === done.id && done.content !== undefined) edit(done);
  quietly(list);
  if (done.status === "merged") return `Merged, and saved as version ${done.version}. ${taken ? `From the other machine: ${taken}.` : ""}`;
  return done.status === "unchanged" ? "Nothing to save: it is the same." : `Saved as version ${done.version}.`;
}

function which(body, failed, solved = () => {}) {
  return askWhich(
    {
      name: nameOf(body),
      mine: written(body),
      of: written,
      save: (strategy, baseVersion) => call("POST", "/notes/save", { ...body, strategy, baseVersion }),
      saved: (done, taken) => attempt(async () => (solved(), saved(done, taken))),
      take: (server) =>
        attempt(async () => {
          solved();
          if (!server) return another(), "It stays deleted.";
          edit({ id: body.id, version: failed.details.serverVersion, ...server });
          return "Theirs is taken.";
        }),
    },
    failed,
  );
}

/** Queued writes of a note that another has come before: joined if they can be, or the person is asked. */
async function settle(writes) {
  if (!writes[0].subject.startsWith("note ")) return;
  const body = { ...writes.at(-1).body, baseVersion: writes[0].body.baseVersion };
  const solved = () => queue.drop(writes);
  try {
    const done = await call("POST", "/notes/save", { ...body, strategy: "merge" });
    solved();
    for (const hears of queue.verdicts) hears(writes.at(-1), 200, done);
  } catch (failed) {
    if (failed.code !== "SYNC_CONFLICT") throw failed;
    parts.state.textContent = "";
    await which(body, failed, solved);
  }
}

async function open({ id }) {
  const loaded = await call("GET", `/notes/load?id=${id}`);
  edit(loaded);
  fields.title.focus();
  return `Version ${loaded.version} is loaded.`;
}

async function remove(one) {
  await call("DELETE", `/notes/delete?id=${one.id}&baseVersion=${one.version}`).catch(cameBefore);
  if (note?.id === one.id) another();
  await list();
  return `${nameOf(one)} is in the bin for 30 days.`;
}

async function restore(one) {
  await call("POST", "/notes/restore", { id: one.id });
  await list();
  return `${nameOf(one)} is out of the bin.`;
}

async function page(after) {
  const wish = new URLSearchParams({ limit: 10 });
  if (search.q.value.trim()) wish.set("q", search.q.value.trim());
  if (search.bin.checked) wish.set("bin", "true");
  if (after) wish.set("cursor", after);
  const { notes, nextCursor } = await call("GET", `/notes/list?${wish}`);
  cursor = nextCursor;
  parts.more.hidden = !nextCursor;
  return notes.map(noteRow);
}

async function list() {
  if (!account.user) return refill(parts.list, [row("Sign in first")]);
  const rows = await page();
  refill(parts.list, rows.length ? rows : [row(search.bin.checked ? "The bin is empty" : "None")]);
}

async function more() {
  parts.list.append(...(await page(cursor)));
}

function noteRow(one) {
  const does = (text, work) => button(text, nameOf(one), () => attempt(() => work(one)));
  const buttons = one.deletedAt ? [does("Restore", restore)] : [does("Open", open), does("Delete", remove)];
  const facts = [one.excerpt, one.tags.join(", "), time(one.savedAt)].filter(Boolean).join(" · ");
  return row(one.title || "Without a title", facts, buttons);
}

/** Makes the pane work. */
export function begin() {
  onSubmit(parts.edit, () => attempt(save));
  onSubmit(parts.search, () => attempt(list));
  connection.heard.push((frame) => frame.type === "NOTE_CHANGED" && quietly(list));
  queue.conflicted.push(settle);
  queue.verdicts.push((write, status, done) => {
    if (write.subject.startsWith("note ") && status < 300) parts.state.textContent = saved(done);
  });
}

/** Somebody has signed in or out. */
export function changed() {
  note = null;
  parts.edit.reset();
  return quietly(list);
}
