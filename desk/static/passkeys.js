// Passkeys: what the device is asked for comes from the page, what it answers goes back. Without this script one signs in by password.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// What a device has answered, as the desk reads it.
const told = (made) => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  clientExtensionResults: made.getClientExtensionResults(),
  response: Object.fromEntries(
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
      .filter((name) => made.response[name])
      .map((name) => [name, text(made.response[name])]),
  ),
});

const send = async (address, body) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.said || read.detail || String(answer.status));
  return read;
};

// Say what went wrong where the reader looks; whoever has only closed the device's window is told nothing.
const attempt = async (place, work) => {
  const alert = place.querySelector("[role=alert]");
  alert.textContent = "";
  try {
    await work();
  } catch (error) {
    if (error.name !== "NotAllowedError" && error.name !== "AbortError") alert.textContent = error.message;
  }
};

const signIn = document.querySelector("[data-passkey-sign-in]");
if (signIn && window.PublicKeyCredential) {
  signIn.hidden = false;
  signIn.querySelector("button").addEventListener("click", () =>
    attempt(signIn, async () => {
      const asked = JSON.parse(signIn.dataset.passkeySignIn);
      asked.challenge = bytes(asked.challenge);
      const made = await navigator.credentials.get({ publicKey: asked });
      await send("/sign-in/passkey", { credential: told(made) });
      const kept = signIn.querySelector("form"); // what was typed before the session ended
      if (kept) kept.submit();
      else window.location.assign(signIn.dataset.next);
    }),
  );
}

const adding = document.querySelector("[data-passkey-add]");
if (adding && window.PublicKeyCredential) {
  adding.hidden = false;
  adding.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(adding, async () => {
      const field = (name) => adding.elements.namedItem(name).value;
      const asked = await send("/account/passkeys/options", { password: field("passkey-password") });
      asked.challenge = bytes(asked.challenge);
      asked.user.id = bytes(asked.user.id);
      for (const known of asked.excludeCredentials || []) known.id = bytes(known.id);
      const made = await navigator.credentials.create({ publicKey: asked });
      const done = await send("/account/passkeys", { credential: told(made), name: field("passkey-name") });
      window.location.assign(done.to);
    });
  });
}
