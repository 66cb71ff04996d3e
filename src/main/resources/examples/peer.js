// The connections to other peers.

const LONGEST = 2000; // characters of a message that are shown

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
