// Saves a draft's answers as the person goes from field to field. Without this script Continue saves them.
const form = document.querySelector("form[data-autosave]");
const line = form?.querySelector("[data-autosave-text]");
let saved = form && answers();
let running = null;

function answers() {
    const data = new FormData(form);
    data.delete("csrfmiddlewaretoken");
    data.delete("version");
    return new URLSearchParams(data).toString();
}

// Good news is shown quietly; a screen reader hears only of trouble.
function say(text, isTrouble) {
    if (isTrouble) {
        line.setAttribute("role", "status");
    } else {
        line.removeAttribute("role");
    }
    line.textContent = text;
}

async function post(data) {
    data.set("then", "quiet");
    const response = await fetch(location.href, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (answer.version) {
        form.elements.version.value = answer.version;
    }
    say(answer.text, !answer.version);
}

function save() {
    const now = answers();
    if (now === saved || running) {
        return;
    }
    saved = now;
    running = post(new FormData(form))
        .catch(() => say(form.dataset.failed, true))
        .finally(() => {
            running = null;
        });
}

form?.addEventListener("focusout", save);
form?.addEventListener("change", save);
form?.addEventListener("submit", (event) => {
    if (running) {
        // What is on its way is saved first: otherwise the page's version would be that of before.
        event.preventDefault();
        running.then(() => form.requestSubmit(event.submitter));
    }
});
