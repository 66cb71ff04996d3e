// The form by which a person signs in by a code.

import { account, ask, mailedCode, mails } from "/examples/account.js";

const byId = (id) => document.getElementById(id);
let asked = null; // whose code is on its way

/**
 * Makes it work: `changed` hears that somebody has signed in or out, `entered` that the form was used for it, and
 * `leaving` runs before signing out.
 */
export function signInForm(email, { changed, entered, leaving }) {
  const form = byId("sign-in");
  const button = form.querySelector("button");
  const show = () => (present(), changed());
  form.elements.email.value = email;
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(button, async () => {
      if (!(await signIn(form.elements))) return;
      show();
      entered();
    });
  };
  byId("sign-out").onclick = (event) =>
    attempt(event.target, async () => {
      await leaving();
      await account.signOut();
      show();
      form.elements.email.focus();
    });
  attempt(button, async () => {
    if (await account.resume()) show();
  });
}

/** By a code, which the sandbox's mail has or the user types. */
async function signIn({ email, code }) {
  const who = email.value.trim();
  const field = code.closest("label");
  let given = asked === who ? code.value.trim() : "";
  if (!given) {
    const before = await mails(who);
    await ask("POST", "/auth/request-otp", { email: who });
    asked = who;
    byId("account-state").textContent = "A code is on its way by mail.";
    given = before && (await mailedCode(who, before));
  }
  if (!given) {
    field.hidden = false;
    byId("account-state").textContent = `Type the code that was mailed to ${who}.`;
    code.focus();
    return false;
  }
  account.take(await ask("POST", "/auth/verify-otp", { email: who, code: given }));
  asked = null;
  code.value = "";
  field.hidden = true;
  return true;
}

function present() {
  byId("account-state").textContent = "";
  byId("sign-in").hidden = !!account.user;
  byId("signed-in").hidden = !account.user;
  byId("signed-in").querySelector("strong").textContent = account.user?.email ?? "";
}

/** Does what a control is for, once at a time, and says what went wrong. */
async function attempt(button, work) {
  byId("account-error").textContent = "";
  button.disabled = true;
  try {
    await work();
  } catch (failed) {
    byId("account-state").textContent = "";
    byId("account-error").textContent = failed.message;
  } finally {
    button.disabled = false;
  }
}
