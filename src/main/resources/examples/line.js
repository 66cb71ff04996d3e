// A WebSocket to the gateway.

import { account, refusal } from "/examples/account.js";

const ASKED = 10_000; // ms until an answer is given up

/** A socket, whose answers are told apart by the requestId. */
export class Line {
  asked = new Map();
  count = 0;

  /** Opens one at a path; `hear` gets its events, `lost` the code with which it ends by itself. */
  static async open(path, hear, lost) {
    const token = await account.goodToken();
    const line = new Line();
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (line.socket = new WebSocket(url, ["bearer", token]));
    line.hear = hear;
    return new Promise((done, failed) => {
      const late = setTimeout(() => socket.close(), ASKED);
      socket.onopen = () => {
        clearTimeout(late);
        line.lost = lost;
        done(line);
      };
      socket.onmessage = (message) => line.read(JSON.parse(message.data));
      socket.onclose = (closed) => {
        clearTimeout(late);
        const gone = new Error("The connection to the gateway broke off.");
        for (const answer of line.asked.values()) answer.failed(gone);
        failed(new Error(`No socket to the gateway could be opened. See that it runs and serves ${path}.`));
        line.lost?.(closed.code);
      };
    });
  }

  read(frame) {
    const answer = this.asked.get(frame.requestId);
    if (frame.channel) this.hear?.(frame);
    else if (frame.type === "RESYNC" || !answer) this.hear?.(frame);
    else if (frame.type === "ERROR") answer.failed(refusal(frame.payload, frame.payload.statusCode));
    else if (frame.type !== "REPLY") answer.done(frame.payload);
    else if (frame.payload.status >= 400) answer.failed(refusal(frame.payload.body?.error, frame.payload.status));
    else answer.done(frame.payload.body);
  }

  ask(type, payload) {
    const requestId = `${++this.count}`;
    return new Promise((done, failed) => {
      if (this.socket.readyState !== WebSocket.OPEN) throw new Error("The connection to the gateway is not open.");
      const late = setTimeout(() => failed(new Error("The gateway does not answer. It is asked again soon.")), ASKED);
      this.asked.set(requestId, { done, failed, late });
      this.socket.send(JSON.stringify({ type, requestId, payload }));
    }).finally(() => {
      clearTimeout(this.asked.get(requestId)?.late);
      this.asked.delete(requestId);
      this.closeIfDone();
    });
  }

  /** No event is heard any more; it ends when what was asked is answered. */
  close() {
    this.hear = this.lost = null;
    this.closing = true;
    this.closeIfDone();
  }

  closeIfDone() {
    if (this.closing && !this.asked.size) this.socket.close();
  }
}
