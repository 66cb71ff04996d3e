// Whether the gateway is in reach, what it is asked, and what it tells.

import { account, ask } from "/examples/account.js";
import { Line } from "/examples/line.js";

const PAUSES = [500, 1000, 2000, 4000, 8000]; // ms before connecting anew
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** What a page does itself while the person wants to work offline, or nobody answers. */
export const connection = {
  isWanted: true,
  line: null, // the socket; null while there is none
  changed: [], // called when any of this changes
  heard: [], // called with each event

  get isOpen() {
    return !!this.line;
  },

  /** Listens for as long as somebody is signed in and wants to be online. */
  async listen() {
    if (this.connecting) return;
    this.connecting = true;
    for (let tries = 0; this.isWanted && account.user && !this.line; tries++) {
      if (tries) await pause(PAUSES[Math.min(tries, PAUSES.length) - 1]);
      await this.open().catch(() => this.tell());
    }
    this.connecting = false;
  },

  async open() {
    const next = await Line.open("/ws", (frame) => this.hear(frame), () => this.lost(next));
    await next.ask("SUBSCRIBE", { channel: `user:${account.user.id}` });
    if (!this.isWanted) return next.close();
    this.line?.close();
    this.line = next;
    this.tell();
  },

  hear(frame) {
    for (const hears of this.heard) hears(frame);
  },

  lost(line) {
    if (line !== this.line) return;
    this.line = null;
    this.tell();
    this.listen();
  },

  /** Goes on- or offline, as the person wants. */
  want(online) {
    this.isWanted = online;
    this.close();
    if (online) this.listen();
  },

  close() {
    this.line?.close();
    this.line = null;
    this.tell();
  },

  tell() {
    for (const tells of this.changed) tells();
  },
};
account.exchanges.push(() => connection.line && connection.open());

/** Asks as who is signed in. */
export async function call(method, path, body, headers) {
  const token = account.user ? { Authorization: `Bearer ${await account.goodToken()}` } : {};
  return ask(method, path, body, { ...token, ...headers });
}
