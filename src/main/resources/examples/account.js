// Who uses a page, and what the gateway is asked over HTTP.

const AGAIN = 30_000; // ms until a token that could not be had is asked for again

/** What the gateway refuses, in its own words. */
export function refusal(error, status) {
  const said = error ?? { message: `The gateway answered ${status}.` };
  const words = [said.message, said.suggestion].filter(Boolean).join(" ");
  return Object.assign(new Error(words), { code: said.code, status: said.statusCode ?? status, details: said.details });
}

/** Asks over HTTP; gives what it is answered in JSON. */
export async function ask(method, path, body, headers = {}) {
  const typed = body ? { "Content-Type": "application/json", ...headers } : headers;
  const answer = await fetch(path, { method, headers: typed, body: body && JSON.stringify(body) }).catch(() => {
    throw Object.assign(new Error("The gateway is out of reach. See that it runs, then try again."), { unreachable: true });
  });
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw refusal(said.error, answer.status);
  return said;
}

/** Who uses this page: a session in a cookie, and an access token that is had by it. */
export const account = {
  exchanges: [], // of sockets, when there is another token

  take(session) {
    this.csrf = session.csrfToken;
    this.user = session.user;
    this.token = session.accessToken;
    this.until = Date.now() + session.expiresIn * 1000;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), session.expiresIn * 800);
  },

  /** By the cookie, if there is one. */
  async resume() {
    const session = await ask("GET", "/api/auth/session");
    if (!session.authenticated || !session.csrfToken) return false;
    this.csrf = session.csrfToken;
    await this.refresh();
    return true;
  },

  /** One at a time: each takes the place of the cookie before. */
  refresh() {
    this.refreshing ??= ask("POST", "/auth/refresh", null, { "X-CSRF-Token": this.csrf })
      .then((session) => this.take(session))
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  },

  /** A token that is good: a machine may have slept for long. */
  async goodToken() {
    if (Date.now() > this.until) await this.refresh();
    return this.token;
  },

  /** Before the token runs out: sockets are exchanged for others, and no room is left. */
  async renew() {
    try {
      await this.refresh();
      await Promise.all(this.exchanges.map((exchange) => exchange()));
    } catch {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.renew(), AGAIN); // where it has run out, sockets end, and say so
    }
  },

  async signOut() {
    clearTimeout(this.timer);
    await ask("POST", "/auth/logout", null, { "X-CSRF-Token": this.csrf });
    this.token = this.user = null;
  },
};

/** The sandbox's mailbox; null where it cannot be read, and the user is asked for the code. */
export async function mails(email) {
  try {
    const { sandbox } = await ask("GET", "/examples/settings.json");
    const answer = await fetch(`${sandbox}/mail/messages?to=${encodeURIComponent(email)}`);
    return answer.ok ? (await answer.json()).messages : null;
  } catch {
    return null;
  }
}

/** The code of a mail that was not there before; null where none comes in 5 s. */
export async function mailedCode(email, before) {
  const known = new Set(before.map((mail) => mail.id));
  for (let tries = 0; tries < 25; tries++) {
    const fresh = (await mails(email))?.find((mail) => !known.has(mail.id));
    if (fresh) return fresh.subject.slice(0, 7); // as 123-456
    await new Promise((done) => setTimeout(done, 200));
  }
  return null;
}
