// Says once that a person is on a customer's page, which a mail scanner that loads it is not. Nothing depends on it.
const form = document.querySelector("form[data-opened]");
const signs = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel"];

function say(event) {
    if (!event.isTrusted) {
        return;
    }
    for (const sign of signs) {
        removeEventListener(sign, say);
    }
    const body = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "claim"]) {
        body.set(name, form.elements[name].value);
    }
    fetch(form.dataset.opened, { method: "POST", body, keepalive: true }).catch(() => null);
}

if (form) {
    for (const sign of signs) {
        addEventListener(sign, say, { passive: true });
    }
}
