// Hands the page's passkey buttons to allauth's script, and says so on the page when the browser gives no passkey:
// the person closed its window, or none fits.
for (const button of document.querySelectorAll("button[data-passkey]")) {
  // Only the browser's answer sends the form.
  button.addEventListener("click", (event) => event.preventDefault());
  const { passkey, credential, passwordless } = button.dataset;
  const ids = { credential, passwordless, data: "js_data" };
  window.allauth.webauthn.forms[passkey]({ ids: { ...ids, add: button.id, authenticate: button.id, login: button.id } });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-trouble").hidden = false;
});
