// What waits to be sent, and what became of it.

import { account } from "/examples/account.js";
import { connection } from "/examples/connection.js";
import { queue } from "/examples/queue.js";
import { button, element, pane, refill, row, some } from "/examples/words.js";

const SAID = { created: "Confirmed", saved: "Confirmed", unchanged: "Confirmed, as it was", merged: "Merged", overwritten: "Confirmed" };
const { section, parts, attempt, quietly } = pane("offline", { toggle, send: () => queue.send() });
const control = (name) => section.querySelector(`[data-do=${name}]`);

function toggle() {
  connection.want(!connection.isWanted);
}

function present() {
  const waiting = account.user ? queue.list() : [];
  const state = !account.user ? "Sign in first" : !connection.isWanted ? "Working offline" : connection.isOpen ? "Online" : "Out of reach; it is tried again";
  section.dataset.level = connection.isOpen ? "good" : account.user ? "wait" : "none";
  if (parts.state.textContent !== state) parts.state.textContent = state;
  control("toggle").ariaPressed = `${!connection.isWanted}`;
  control("toggle").disabled = !account.user;
  control("send").hidden = !connection.isWanted || !waiting.some((write) => !write.stuck);
  refill(parts.waiting, waiting.length ? rows(waiting) : [row("Nothing")]);
}

/** What is stuck is one thing to decide, however often it was changed. */
function rows(writes) {
  const stuck = Map.groupBy(writes.filter((write) => write.stuck), (write) => write.subject);
  return [...[...stuck.values()].map(stuckRow), ...writes.filter((write) => !write.stuck).map((write) => row(write.what))];
}

function stuckRow(writes) {
  const [{ what, subject }] = writes;
  const decide = button("Decide", what, () => attempt(() => queue.decide(subject)));
  const discard = button("Discard", what, () => queue.drop(writes));
  return row(what, `${some(writes.length, "change")}, not saved yet`, [decide, discard]);
}

function verdict(write, status, body) {
  const said = status < 300 ? `${SAID[body.status]}, version ${body.version}` : words(status, body.error);
  parts.verdicts.append(element("p", `${write.what}: ${said}`));
  parts.verdicts.scrollTop = parts.verdicts.scrollHeight;
}

function words(status, error) {
  if (error.code === "SYNC_CONFLICT") return "Another machine has come before";
  return status === 424 ? "Waits for the one before" : `Refused: ${error.message}`;
}

/** Makes the pane work. */
export function begin() {
  queue.changed.push(present);
  queue.verdicts.push(verdict);
  connection.changed.push(present);
  connection.changed.push(() => connection.isOpen && quietly(() => queue.send()));
  addEventListener("online", () => connection.listen());
}

/** Somebody has signed in or out. */
export async function changed() {
  if (!account.user) connection.close();
  present();
  if (!account.user) return;
  await queue.adopt();
  connection.listen();
}
