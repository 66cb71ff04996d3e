// What is asked when two have changed the same thing.

import { at, byId, differences, element, pane, place, shown, time } from "/examples/words.js";

const dialog = byId("conflict");
let asked; // what it is about: {name, mine, of, save, saved, take}, and what was refused
let refused;

const { parts, section } = pane("conflict", {
  merge: () => solve("merge"),
  mine: () => solve("overwrite"),
  theirs: () => (dialog.close(), asked.take(refused.server)),
  later: () => dialog.close(),
});
parts.state = parts.touching;
const [merge, mine, theirs] = section.querySelectorAll("[data-do]");

/**
 * Asks what shall become of a save that was refused with SYNC_CONFLICT; ends when that is answered.
 *
 * name: what it is of. mine: what was to be saved. of(server): what is there, in the same form. save(strategy, version): saves mine; take(server):
 * goes on with theirs; saved(answer, taken): it is saved, and what of theirs is in it.
 */
export function ask(what, failed) {
  asked = what;
  present(failed.details);
  dialog.querySelector("h2").textContent = `${what.name} was changed on another machine`;
  dialog.showModal();
  return new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
}

function present(details) {
  refused = details;
  const { localVersion, serverVersion, server, diff, conflicts } = details;
  const who = server?.device ? `“${server.device}”` : "Another machine";
  const yours = localVersion ? `You changed version ${localVersion}.` : "You began without what is there.";
  parts.story.textContent = serverVersion
    ? `${yours} ${who} has saved version ${serverVersion}${server?.savedAt ? `, on ${time(server.savedAt)}` : ""}.`
    : `${yours} It has been deleted since.`;
  const found = diff ? differences(diff, asked.mine) : [];
  dialog.querySelector("tbody").replaceChildren(...found.map((one) => difference(one, conflicts ?? [])));
  parts.touching.textContent = conflicts?.length
    ? `Both of you have changed: ${conflicts.map(place).join("; ")}. Choose whose to keep.`
    : "";
  merge.hidden = !serverVersion || !!conflicts?.length;
  theirs.textContent = serverVersion ? "Take theirs" : "Leave it deleted";
  if (merge.hidden && dialog.open) mine.focus(); // for it was at the other
  parts.mine.value = JSON.stringify(asked.mine, null, 2);
  parts.theirs.value = server ? JSON.stringify(asked.of(server), null, 2) : "";
}

function difference({ path, mine, theirs }, conflicts) {
  const touching = conflicts.some((other) => path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`));
  const made = element("tr", "", { className: touching ? "touching" : "" });
  made.append(element("th", `${place(path)}${touching ? " (both changed it)" : ""}`, { scope: "row" }));
  made.append(element("td", shown(mine)), element("td", shown(theirs)));
  return made;
}

async function solve(strategy) {
  const { mine } = asked;
  const before = refused;
  try {
    const saved = await asked.save(strategy, before.localVersion);
    dialog.close();
    asked.saved(saved, strategy === "merge" ? joined(before, mine, saved) : "");
  } catch (failed) {
    if (failed.code !== "SYNC_CONFLICT") throw failed;
    present(failed.details);
  }
}

/** Of what is not asked about: why it was not done. */
export function cameBefore(failed) {
  throw failed.code === "SYNC_CONFLICT" ? new Error("Another machine has changed it since. Load it, then try again.") : failed;
}

/** What a merge has taken from them. */
function joined({ diff }, mine, saved) {
  const taken = differences(diff, mine).filter(({ path, theirs }) => shown(at(asked.of(saved), path)) === shown(theirs));
  return taken.map(({ path, theirs }) => `${place(path)}: ${shown(theirs)}`).join("; ");
}
