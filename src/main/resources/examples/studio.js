// The backend of a streamer's tools, in panes.

import { call, connection } from "/examples/connection.js";
import * as notes from "/examples/notes.js";
import * as obs from "/examples/obs.js";
import * as offline from "/examples/offline.js";
import * as saves from "/examples/saves.js";
import { signInForm } from "/examples/signin.js";
import { byId, onSubmit, pane, row, time } from "/examples/words.js";

const clips = pane("clips", {});
const channel = clips.section.querySelector("form").elements.channel;

async function showClips() {
  const name = channel.value.trim();
  const { data } = await call("GET", `/clips?channel=${encodeURIComponent(name)}&limit=5`);
  const rows = data.map((clip) => row(clip.title, `${clip.view_count.toLocaleString()} views · ${clip.duration} s · ${time(clip.created_at)}`));
  clips.parts.list.replaceChildren(...rows);
  return rows.length ? `The most viewed clips of ${data[0].broadcaster_name}` : `${name} has no clips.`;
}

const system = pane("system", {
  async health() {
    const { status, version, components } = await call("GET", "/health");
    system.parts.parts.replaceChildren(...Object.entries(components).map(([name, part]) => row(`${name}: ${part.status}`)));
    return `${status}, version ${version}`;
  },
  async mail() {
    const sent = await call("GET", "/test/email");
    return `A mail to ${sent.to} was taken.`;
  },
  async limits() {
    await call("POST", "/debug/clear-rate-limit");
    return "Everybody is counted anew.";
  },
});

const panes = [saves, offline, notes, obs];
for (const one of panes) one.begin();
onSubmit(clips.section.querySelector("form"), () => clips.attempt(showClips));

function changed() {
  for (const one of panes) one.changed();
}
changed();

signInForm("ada@example.com", {
  changed,
  entered: () => byId("saves").querySelector("[data-do=load]").focus(),
  leaving: async () => connection.close(),
});
