// The socket to the signaling, and the connections that are made by it.

import { account, refusal } from "/examples/account.js";

const ASKED = 10_000; // ms until an answer is given up
const LONGEST = 2000; // characters of a message that are shown

/** A socket to the signaling, whose answers are told apart by the requestId. */
export class Line {
  asked = new Map();
  count = 0;

  /** Opens one; `hear` gets its events, `lost` the code with which it ends by itself. */
  static async open(hear, lost) {
    const token = await account.goodToken();
    const line = new Line();
    const url = new URL("/signaling/ws", location.href);
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
        failed(new Error("No socket to the gateway could be opened. See that it runs and has the app signaling."));
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

/** The connection to one other peer: perfect negotiation (WebRTC 1.0, 10.7). Who came later offers first. */
export class Peer {
  early = []; // candidates that came before what they belong to

  constructor(pane, { peerId, name }, offers) {
    Object.assign(this, { pane, id: peerId, name: name ?? "Somebody", polite: !offers, state: "waiting" });
    const rtc = (this.rtc = new RTCPeerConnection({ iceServers: pane.iceServers }));
    rtc.onnegotiationneeded = () => this.attempt(() => this.offer());
    rtc.onicecandidate = ({ candidate }) => this.attempt(() => this.send("CANDIDATE", { candidate }));
    rtc.ondatachannel = ({ channel }) => this.use(channel);
    rtc.onconnectionstatechange = () => this.changed();
    if (offers) this.use(rtc.createDataChannel("chat"));
  }

  get isOpen() {
    return this.channel?.readyState === "open";
  }

  /** How it is, for people. */
  get words() {
    if (this.isOpen && this.state === "connected") return "connected";
    if (this.state === "disconnected") return "out of reach";
    return this.state === "failed" ? "failed; it is tried again" : "connecting";
  }

  async attempt(work) {
    try {
      await work();
    } catch (failed) {
      if (this.rtc.signalingState !== "closed") this.pane.fail(`${this.name}: ${failed.message}`);
    }
  }

  send(type, what) {
    return this.pane.tell(type, { to: this.id, ...what });
  }

  async offer() {
    this.offering = true;
    try {
      await this.rtc.setLocalDescription();
      const { type, sdp } = this.rtc.localDescription;
      if (type === "offer") await this.send("OFFER", { sdp });
    } finally {
      this.offering = false;
    }
  }

  /** Where two offers meet, the polite one takes its own back. */
  async onOffer({ sdp }) {
    const meet = this.offering || this.rtc.signalingState !== "stable";
    this.ignoring = meet && !this.polite;
    if (this.ignoring) return;
    await this.rtc.setRemoteDescription({ type: "offer", sdp });
    await this.addEarly();
    await this.rtc.setLocalDescription();
    await this.send("ANSWER", { sdp: this.rtc.localDescription.sdp });
  }

  async onAnswer({ sdp }) {
    if (this.rtc.signalingState !== "have-local-offer") return; // to an offer that was taken back
    await this.rtc.setRemoteDescription({ type: "answer", sdp });
    await this.addEarly();
  }

  async onCandidate({ candidate }) {
    if (!this.rtc.remoteDescription) this.early.push(candidate);
    else {
      await this.rtc.addIceCandidate(candidate).catch((failed) => {
        if (!this.ignoring) throw failed; // or it belongs to the offer that is
      });
    }
  }

  async addEarly() {
    for (const candidate of this.early.splice(0)) await this.rtc.addIceCandidate(candidate);
  }

  use(channel) {
    this.channel = channel;
    channel.onopen = () => this.pane.opened(this);
    channel.onclose = () => this.pane.present();
    channel.onmessage = ({ data }) => this.pane.said(this.name, `${data}`.slice(0, LONGEST));
  }

  changed() {
    this.state = this.rtc.connectionState;
    this.pane.present();
    if (this.state === "failed") this.attempt(() => this.restart());
  }

  /** Looks for other ways between the two, with credentials that are good now. */
  async restart() {
    const { iceServers } = await this.pane.tell("HEARTBEAT", { iceServers: true });
    this.rtc.setConfiguration({ iceServers });
    this.rtc.restartIce();
  }

  close() {
    this.rtc.close();
  }
}
