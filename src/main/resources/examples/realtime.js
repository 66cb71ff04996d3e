// Peers in a room of the gateway's signaling, as the page shows them: one a pane.

import { account, refusal } from "/examples/account.js";
import { Line } from "/examples/line.js";
import { Peer } from "/examples/peer.js";
import { signInForm } from "/examples/signin.js";

const PEOPLE = { A: "Ada", B: "Bob" };
const NEXT = {
  ROOM_NOT_FOUND: "Check its id, or create another room.",
  WRONG_PASSWORD: "This page knows no passwords: create a room without one.",
};
const LINES = 3000; // that a log keeps
const PAUSES = [500, 1000, 2000, 4000, 8000]; // ms before connecting anew
const WAITING = 1 << 20; // bytes that may wait to be sent to one peer

const byId = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** One peer of a room, as it is seen. */
class Pane {
  peers = new Map();
  parts = {};
  work = Promise.resolve();

  constructor(name, person, room) {
    this.name = name;
    const element = (this.element = byId("pane").content.firstElementChild.cloneNode(true));
    for (const part of element.querySelectorAll("[data-is]")) this.parts[part.dataset.is] = part;
    const { enter, create, leave, renegotiate, say, chat, events } = this.parts;
    const title = element.querySelector("h2");
    title.textContent = `Pane ${name}`;
    title.id = `pane-${name}`;
    element.setAttribute("aria-labelledby", title.id);
    element.querySelector("legend").textContent = `Room of pane ${name}`;
    chat.setAttribute("aria-label", `Chat of pane ${name}`);
    events.setAttribute("aria-label", `Events of pane ${name}`);
    enter.elements.name.value = person;
    enter.elements.room.value = room;
    create.onclick = () => enter.reportValidity() && this.create();
    enter.onsubmit = (event) => {
      event.preventDefault();
      if (!this.room) this.join(); // Enter works in fields that are read-only, too
    };
    leave.onclick = async () => {
      await this.leave();
      this.parts.join.focus();
    };
    renegotiate.onclick = () => this.peers.forEach((peer) => peer.attempt(() => peer.restart()));
    say.onsubmit = (event) => (event.preventDefault(), this.say(say.elements.text));
    byId("panes").append(element);
    account.exchanges.push(() => this.exchange());
    this.present();
  }

  create() {
    const name = this.parts.enter.elements.name.value.trim();
    return this.enter("CREATE_ROOM", { peerName: name });
  }

  join() {
    const { name, room } = this.parts.enter.elements;
    const roomId = room.value.trim();
    if (/^[\w-]{1,64}$/.test(roomId)) return this.enter("JOIN_ROOM", { roomId, name: name.value.trim() });
    this.fail("Create a room, or paste the id of one into Room, then join it.");
    room.focus();
  }

  async enter(type, payload) {
    this.fail("");
    this.entering = true;
    this.present();
    const earlier = []; // events may come before the answer
    try {
      this.line = await Line.open("/signaling/ws", (frame) => earlier.push(frame), (code) => this.lost(code));
      this.begin(await this.line.ask(type, payload), earlier);
      this.parts.leave.focus();
    } catch (failed) {
      this.over([failed.message, NEXT[failed.code]].filter(Boolean).join(" "));
    }
  }

  /** In a room now: whom it finds there it offers a connection. */
  begin(entered, earlier) {
    this.entering = false;
    this.room = entered;
    this.iceServers = entered.iceServers;
    this.last = "0-0";
    const { enter, link } = this.parts;
    enter.elements.room.value = entered.roomId;
    link.href = `/examples/realtime?pane=${this.name === "A" ? "B" : "A"}&room=${entered.roomId}`;
    for (const other of panes) if (other !== this) other.invite(entered.roomId);
    for (const peer of entered.peers) this.peers.set(peer.peerId, new Peer(this, peer, true));
    this.beats = setInterval(() => this.beat(), entered.heartbeatMs);
    this.line.hear = (frame) => this.hear(frame);
    earlier.forEach(this.line.hear);
    this.event(`In the room ${entered.roomId} as peer ${entered.peerId}`);
    this.present();
  }

  invite(room) {
    if (this.room) return;
    this.parts.enter.elements.room.value = room;
    this.fail("");
  }

  /** A frame to the room, as this peer. */
  tell(type, payload) {
    if (!this.room) return Promise.reject(new Error("Join a room first."));
    return this.line.ask(type, { roomId: this.room.roomId, peerId: this.room.peerId, ...payload });
  }

  beat() {
    this.tell("HEARTBEAT").catch((failed) => {
      if (failed.status === 403 || failed.status === 404) this.over(failed.message);
    });
  }

  /** One after another: each may take a while. */
  hear(frame) {
    this.work = this.work
      .then(() => this.handle(frame))
      .catch((failed) => this.fail(`${frame.type}: ${failed.message}`));
  }

  async handle({ type, payload, id, channel }) {
    if (!this.room || (channel && channel !== this.room.channel)) return;
    if (id && !isAfter(id, this.last)) return; // two sockets have heard it
    if (id) this.last = id;
    const who = this.peers.get(payload.peerId ?? payload.from);
    this.event(described(type, payload, who));
    if (type === "PEER_JOINED") this.came(payload);
    else if (type === "PEER_LEFT") this.went(payload, who);
    else if (type === "ROOM_CLOSED") this.over(`The room was closed (${payload.reason}). Create another.`);
    else if (type === "RESYNC") this.over("Too much was missed. Join the room again.");
    else if (type === "OFFER") await (who ?? this.came({ peerId: payload.from })).onOffer(payload);
    else if (type === "ANSWER") await who?.onAnswer(payload);
    else if (type === "CANDIDATE") await who?.onCandidate(payload);
    else if (type === "ERROR") this.fail(refusal(payload).message);
  }

  came(peer) {
    if (!this.peers.has(peer.peerId)) this.peers.set(peer.peerId, new Peer(this, peer, false));
    this.present();
    return this.peers.get(peer.peerId);
  }

  went({ peerId, reason }, who) {
    if (peerId === this.room.peerId) return this.over(`This peer has left (${reason}). Join the room again.`);
    if (!who) return;
    who.close();
    this.peers.delete(peerId);
    this.note(`${who.name} has left (${reason}).`);
    this.present();
  }

  opened(peer) {
    this.note(`${peer.name} is connected.`);
    this.present();
  }

  say(input) {
    const text = input.value;
    const open = [...this.peers.values()].filter((peer) => peer.isOpen);
    if (!text) return;
    if (!open.length) return this.fail("Nobody is connected yet. Wait for another peer, or open the room in another tab.");
    if (open.some((peer) => peer.channel.bufferedAmount > WAITING)) return this.fail("A peer takes messages too slowly. Wait a moment, then send it again.");
    for (const peer of open) peer.channel.send(text);
    this.fail("");
    this.said("You", text);
    input.value = "";
  }

  /** The socket ended by itself: another takes its place, and hears what was missed. */
  async lost(code) {
    this.event(`The connection to the gateway broke off (${code})`);
    for (let tries = 0; this.room; tries++) {
      this.show("Connecting to the gateway again", "wait");
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
      try {
        if (code === 4401 || tries > 0) await account.refresh();
        return await this.exchange();
      } catch (failed) {
        if (failed.status === 401) return this.over("You are signed out. Load the page anew and sign in.");
        if (failed.status >= 400 && failed.status < 500 && failed.status !== 429) return this.again();
      }
    }
  }

  /** Another socket in the place of this one, before the token runs out, or after it has ended. */
  async exchange() {
    if (!this.room) return;
    const heard = [];
    const next = await Line.open("/signaling/ws", (frame) => heard.push(frame), (code) => this.lost(code));
    try {
      if (this.room) await next.ask("SUBSCRIBE", { channel: this.room.channel, after: this.last });
    } catch (failed) {
      next.close();
      throw failed;
    }
    if (!this.room) return next.close();
    this.line.close();
    this.line = next;
    next.hear = (frame) => this.hear(frame);
    heard.forEach(next.hear);
    this.event("Another connection to the gateway took its place");
    this.present();
  }

  /** Others were told that this peer has left: it comes as another. */
  async again() {
    if (!this.room) return;
    const { roomId } = this.room;
    this.end();
    this.note("The connection was lost for too long; joining the room again.");
    await this.enter("JOIN_ROOM", { roomId, name: this.parts.enter.elements.name.value.trim() });
  }

  async leave() {
    if (!this.room) return;
    const left = this.tell("LEAVE");
    await left.catch((failed) => this.fail(failed.message)); // the peer leaves with its socket, too
    this.end();
  }

  over(message) {
    this.end();
    this.fail(message);
  }

  end() {
    clearInterval(this.beats);
    this.line?.close();
    this.peers.forEach((peer) => peer.close());
    this.peers.clear();
    this.room = this.line = null;
    this.entering = false;
    this.present();
  }

  /** Shows how things are. */
  present() {
    const { enter, inputs, inside, outside, peers, renegotiate, say } = this.parts;
    const all = [...this.peers.values()];
    const open = all.filter((peer) => peer.isOpen).length;
    inputs.disabled = !account.user || !!this.entering;
    inside.hidden = !this.room;
    outside.hidden = !!this.room;
    for (const name of ["name", "room"]) enter.elements[name].readOnly = !!this.room;
    for (const control of say.elements) control.disabled = !open;
    renegotiate.disabled = !open;
    const rows = all.map((peer) => element("li", `${peer.name}: ${peer.words}`));
    peers.replaceChildren(...(rows.length ? rows : [element("li", this.room ? "Nobody yet" : "Nobody")]));
    if (!account.user) this.show("Sign in first");
    else if (this.entering) this.show("Connecting to the gateway", "wait");
    else if (!this.room) this.show("Not in a room");
    else if (!all.length) this.show("In the room, alone", "wait");
    else if (open === all.length) this.show(`Connected to ${open === 1 ? all[0].name : `${open} peers`}`, "good");
    else this.show(`Connecting to peers: ${open} of ${all.length}`, "wait");
  }

  show(state, level = "none") {
    this.element.dataset.level = level;
    if (this.parts.state.textContent !== state) this.parts.state.textContent = state;
  }

  fail(message) {
    this.parts.error.textContent = message;
  }

  said(who, text) {
    const line = element("p", `: ${text}`);
    line.prepend(element("strong", who));
    append(this.parts.chat, line);
  }

  note(text) {
    append(this.parts.chat, element("p", text, "note"));
  }

  event(text) {
    append(this.parts.events, element("p", `${new Date().toLocaleTimeString()} ${text}`));
  }
}

function element(name, text, kind) {
  return Object.assign(document.createElement(name), { textContent: text, className: kind ?? "" });
}

/** At the end of a log, which stays at its end unless it was scrolled back. */
function append(log, line) {
  if (!log.moving) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.moving = requestAnimationFrame(() => {
      log.moving = 0;
      if (atEnd) log.scrollTop = log.scrollHeight;
    });
  }
  log.append(line);
  if (log.childElementCount > LINES) log.firstElementChild.remove();
}

/** Ids are two numbers: of the channel's beginning, and of the event. */
function isAfter(id, other) {
  const [mine, its] = [id, other].map((text) => text.split("-").map(Number));
  return mine[0] === its[0] ? mine[1] > its[1] : mine[0] > its[0];
}

/** An event in one line. */
function described(type, payload, who) {
  const name = who?.name ?? payload.name ?? "";
  const last = type === "CANDIDATE" && "the last";
  const more = payload.reason ?? payload.message ?? (payload.candidate?.candidate || last);
  return [type, name, more && `(${more})`].filter(Boolean).join(" ");
}

const query = new URLSearchParams(location.search);
const one = PEOPLE[query.get("pane")?.toUpperCase()];
const shown = one ? [query.get("pane").toUpperCase()] : Object.keys(PEOPLE);
const panes = shown.map((name) => new Pane(name, PEOPLE[name], query.get("room") ?? ""));

signInForm(`${PEOPLE[shown[0]].toLowerCase()}@example.com`, {
  changed: () => panes.forEach((pane) => pane.present()),
  entered() {
    const { room } = panes[0].parts.enter.elements;
    panes[0].parts[room.value ? "join" : "create"].focus();
  },
  async leaving() {
    for (const pane of panes) await pane.leave();
  },
});
