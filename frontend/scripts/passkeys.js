// @ts-check
// Keys of one's device in place of a password. Without this, or in a browser that knows of none, passwords and codes stay.

const known = "PublicKeyCredential" in window;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (form instanceof HTMLFormElement && known) offer(form);
}
for (const said of document.querySelectorAll("[data-passkey-missing], [data-scriptless]")) {
  if (said instanceof HTMLElement) said.hidden = known || said.matches("[data-scriptless]");
}

/** @param {HTMLFormElement} form */
function offer(form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    show(form, null);
    try {
      await fill(form, JSON.parse(form.dataset.passkey ?? "{}"));
      form.submit();
    } catch (error) {
      const again = error instanceof DOMException && error.name === "InvalidStateError";
      show(form, again ? "[data-known]" : "[data-refused]");
      if (button) button.disabled = false;
    }
  });
}

/**
 * Says how it went, where it did not go on.
 * @param {HTMLFormElement} form
 * @param {string | null} which
 */
function show(form, which) {
  for (const said of form.querySelectorAll("[data-known], [data-refused]")) {
    if (said instanceof HTMLElement) said.hidden = !which || !said.matches(which);
  }
}

/**
 * Lets the device make or use a key, and puts what it says into the form.
 * @param {HTMLFormElement} form
 * @param {any} options
 */
async function fill(form, options) {
  const got = options.user
    ? await navigator.credentials.create({ publicKey: forMaking(options) })
    : await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge) } });
  if (!(got instanceof PublicKeyCredential)) throw new Error("no key");
  const { response } = got;
  put(form, "client_data", response.clientDataJSON);
  if (response instanceof AuthenticatorAttestationResponse) {
    put(form, "attestation", response.attestationObject);
  }
  if (response instanceof AuthenticatorAssertionResponse) {
    put(form, "credential", got.rawId);
    put(form, "authenticator_data", response.authenticatorData);
    put(form, "signature", response.signature);
    put(form, "user_handle", response.userHandle ?? new ArrayBuffer(0));
  }
}

/** @param {any} options */
function forMaking(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((/** @type {any} */ key) => ({
      ...key,
      id: bytes(key.id),
    })),
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {ArrayBuffer} value
 */
function put(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = text(value);
}

/** @param {string} base64url */
function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
