// Saves what a form holds as the person goes from field to field. Without this script a button saves it.
const form = document.querySelector("form[data-autosave]");
const line = form?.querySelector("[data-autosave-text]");
const firstWait = 2000;
const longestWait = 60000;
// What the portal has, and what it has said cannot be saved as it is: neither is sent again.
let saved = form && stored();
let refused = null;
let running = null;
// Whether a field was left while answers were on their way: they are sent as soon as the portal has said something.
let leftMeanwhile = false;
let wait = firstWait;
let timer = null;

function answers(of = form) {
    const data = new URLSearchParams(new FormData(of));
    data.delete("csrfmiddlewaretoken");
    data.delete("version");
    return data.toString();
}

// The answers as the page brought them, also when something was typed before this script had loaded.
function stored() {
    const copy = form.cloneNode(true);
    copy.reset();
    return answers(copy);
}

// Success is shown silently; a screen reader announces only failures, and once.
function say(text, isTrouble) {
    if (line.textContent === text) {
        return;
    }
    if (isTrouble) {
        line.setAttribute("role", "status");
    } else {
        line.removeAttribute("role");
    }
    line.textContent = text;
}

// Whether another try may succeed by itself: the network is away, or the portal is busy or away.
function mayPass(response) {
    return !response || response.status === 429 || response.status >= 500;
}

async function post(now) {
    const data = new URLSearchParams(new FormData(form));
    data.set("then", "quiet");
    const options = { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" };
    const response = await fetch(form.dataset.autosave || location.href, options).catch(() => null);
    if (mayPass(response)) {
        say(form.dataset.textAway, true);
        timer = setTimeout(save, wait);
        wait = Math.min(2 * wait, longestWait);
        return;
    }
    wait = firstWait;
    if (!response.ok) {
        // The sign-in page, to which a fetch is not led, has the status 0.
        refused = now;
        say(response.status === 404 ? form.dataset.textClosed : form.dataset.textEnded, true);
        return;
    }
    const answer = await response.json();
    if (answer.version) {
        if (form.elements.version) {
            form.elements.version.value = answer.version;
        }
        saved = now;
    } else {
        refused = now;
    }
    say(answer.text, !answer.version);
}

function save() {
    const now = answers();
    leftMeanwhile = running !== null;
    if (now === saved || now === refused || running) {
        return;
    }
    clearTimeout(timer);
    running = post(now).finally(() => {
        running = null;
        if (leftMeanwhile) {
            save();
        }
    });
}

function tryAgain() {
    if (!document.hidden) {
        wait = firstWait;
        save();
    }
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
if (form) {
    window.addEventListener("online", tryAgain);
    document.addEventListener("visibilitychange", tryAgain);
    // What was typed before this script had loaded, unless its field has yet to be left.
    const field = document.activeElement;
    if (!("defaultValue" in field) || field.value === field.defaultValue) {
        save();
    }
}
