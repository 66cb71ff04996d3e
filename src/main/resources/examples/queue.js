// Writes that wait, in the order they were made, until the gateway is in reach.

import { account } from "/examples/account.js";
import { call, connection } from "/examples/connection.js";

const MOST = 100; // that one batch takes
const TABS = "sluice.studio.tab.";
const tab = crypto.randomUUID();
navigator.locks.request(TABS + tab, () => new Promise(() => {})); // held for as long as this page is there

/**
 * The writes of a user in this tab, which a new start of the browser keeps. Each has its Idempotency-Key, so that one whose answer was
 * lost is not done twice; and one on top of another that waits is of the version which that one makes.
 */
export const queue = {
  changed: [], // called when what waits has changed
  verdicts: [], // called with a write, its status and what it was answered
  conflicted: [], // called with the writes of one thing that another has come before

  get ofUser() {
    return `sluice.studio.queue.${account.user?.id}.`;
  },

  get name() {
    return this.ofUser + tab;
  },

  list(name = this.name) {
    return JSON.parse(localStorage.getItem(name) ?? "[]");
  },

  keep(writes) {
    try {
      localStorage.setItem(this.name, JSON.stringify(writes));
    } catch {
      throw new Error("This browser keeps no more. Go online, so that what waits is sent.");
    }
    this.tell();
  },

  /** Takes over what tabs that are gone have left. */
  adopt() {
    return navigator.locks.request(this.ofUser, async () => {
      const { held } = await navigator.locks.query();
      const isOpen = (name) => held.some((lock) => lock.name === TABS + name.slice(this.ofUser.length));
      const left = Object.keys(localStorage).filter((name) => name.startsWith(this.ofUser) && name !== this.name && !isOpen(name));
      this.keep([...left.flatMap((name) => this.list(name)), ...this.list()]);
      for (const name of left) localStorage.removeItem(name);
    });
  },

  tell() {
    for (const tells of this.changed) tells();
  },

  /** Writes now, or when it can; gives what it is answered, or null where it waits. */
  async write(write) {
    const whole = { ...write, id: crypto.randomUUID(), key: crypto.randomUUID() };
    const waits = this.list().some((other) => other.subject === write.subject && !other.stuck);
    if (!connection.isWanted || waits) return this.add(whole);
    try {
      return await call(write.method, write.path, write.body, { "Idempotency-Key": whole.key });
    } catch (failed) {
      if (!failed.unreachable && failed.status !== 503) throw failed;
      return this.add(whole);
    }
  },

  add(write) {
    const writes = this.list();
    const before = writes.findLast((other) => other.subject === write.subject && !other.stuck);
    this.keep([...writes, { ...write, after: before?.id }]);
    return null;
  },

  /** Forgets some. */
  drop(gone) {
    const ids = new Set(gone.map((write) => write.id));
    this.keep(this.list().filter((write) => !ids.has(write.id)));
  },

  /** Sends what waits; one tab at a time. */
  async send() {
    const conflicts = await navigator.locks.request(this.name, async () => {
      const found = [];
      for (let more = true; more && connection.isWanted; ) {
        const ready = this.list().filter((write) => !write.stuck).slice(0, MOST);
        more = ready.length > 0 && this.settle(ready, await answers(ready), found);
      }
      return found;
    });
    for (const write of conflicts) await this.decide(write.subject);
  },

  /** Has those of one thing that are stuck decided. */
  async decide(subject) {
    const all = this.list().filter((write) => write.stuck && write.subject === subject);
    for (const hears of this.conflicted) await hears(all);
  },

  /** What became of each; gives whether more can be sent now. */
  settle(sent, responses, conflicts) {
    const by = new Map(responses.map((response) => [response.id, response]));
    const fates = new Map(sent.map((write) => [write.id, fate(write, by)]));
    const stuck = new Set(); // with all that was made on top of it
    const rest = this.list().filter((write) => fates.get(write.id) !== "done");
    for (const { id, after } of rest) if (fates.get(id) === "stuck" || stuck.has(after)) stuck.add(id);
    this.keep(rest.map((write) => (stuck.has(write.id) ? { ...write, stuck: true } : based(write, by))));
    for (const write of sent) {
      const { status, body } = by.get(write.id);
      if (body.error?.code === "SYNC_CONFLICT") conflicts.push(write);
      for (const hears of this.verdicts) hears(write, status, body);
    }
    return ![...fates.values()].includes("waits");
  },
};

/** Whether a write is done, waits for another time, or is stuck until the person decides. */
function fate(write, by) {
  const { status, body } = by.get(write.id);
  if (status < 300) return "done";
  if (status === 424 && by.has(write.after)) return fate({ id: write.after }, by); // of what it was made on top of
  return body?.retryable ? "waits" : "stuck";
}

async function answers(writes) {
  return (await call("POST", "/batch", { sequential: true, requests: writes.map(part) })).responses;
}

/** What was made on top of another that is done now is of the version which that one has made. */
function based(write, by) {
  const before = by.get(write.after);
  if (!(before?.status < 300)) return write;
  return { ...write, after: undefined, match: before.body.etag, body: { ...write.body, baseVersion: before.body.version } };
}

/** Literal, for {{ }} in what a person writes is no reference. The same each time, as its key asks for. */
function part({ id, key, method, path, body, after, match }) {
  const headers = { "Idempotency-Key": key };
  const based = after ? `{{${after}.body.etag}}` : match;
  if (!based) return { id, method, path, headers, body, literal: true };
  const { baseVersion, ...rest } = body; // the tag says it
  return { id, method, path, headers: { ...headers, "If-Match": based }, body: rest, literal: true };
}
