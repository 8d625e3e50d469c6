/* Passkeys: asks the server what to sign, the browser to sign it, and posts the answer with the form around the button. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (listed = []) => listed.map((each) => ({ ...each, id: bytes(each.id) }));

  function readable(options) {
    const made = { ...options, challenge: bytes(options.challenge) };
    if (made.user) made.user = { ...made.user, id: bytes(made.user.id) };
    if (made.excludeCredentials) made.excludeCredentials = described(made.excludeCredentials);
    if (made.allowCredentials) made.allowCredentials = described(made.allowCredentials);
    return made;
  }

  function plain(credential) {
    const { response } = credential;
    const told = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) told[name] = text(response[name]);
    }
    if (response.getTransports) told.transports = response.getTransports();
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: told, clientExtensionResults: {} };
  }

  async function answer(form) {
    const csrf = form.elements.csrf_token.value;
    const reply = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": csrf }, redirect: "error" });
    if (!reply.ok) throw new Error("no options");
    const publicKey = readable(await reply.json());
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector("[data-cancelled]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.asking) return;
      form.dataset.asking = "1";
      problem.textContent = "";
      try {
        if ([...form.elements].every((field) => field.type === "hidden" || field.tagName === "BUTTON" || field.value.trim())) {
          form.elements.credential.value = JSON.stringify(plain(await answer(form)));
        }
        form.submit();
      } catch (error) {
        const kind = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[error.name] || "failed";
        problem.textContent = problem.dataset[kind];
      } finally {
        delete form.dataset.asking;
      }
    });
  });
  document.querySelectorAll(".passkey__without").forEach((note) => note.remove());
})();
