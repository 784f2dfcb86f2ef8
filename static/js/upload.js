// Drag-and-drop and progress for a form with `data-upload`. Without this script the same form posts the same files.
const megabyte = 1024 * 1024;

function statusOf(drop) {
    return drop.querySelector("[role=status]");
}

function barOf(drop) {
    return drop.querySelector("progress");
}

function sizeOf(file) {
    const [number, unit] = file.size < megabyte ? [Math.ceil(file.size / 1024), "KB"] : [file.size / megabyte, "MB"];
    return `${number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${unit}`;
}

function lineOf(text, file) {
    return `${text} ${file.name} (${sizeOf(file)})`;
}

function isTooBig(file, input) {
    return file.size > Number(input.dataset.maxBytes || Infinity);
}

function describe(drop, input) {
    const lines = Array.from(input.files, (file) =>
        lineOf(isTooBig(file, input) ? drop.dataset.textTooBig : drop.dataset.textChosen, file),
    );
    statusOf(drop).textContent = lines.join("\n");
}

// What is chosen is sent at once where a file can be removed again; one that is too big stays behind.
function take(drop, input) {
    describe(drop, input);
    const button = drop.closest("form[data-upload-at-once]")?.querySelector("[data-upload-button]");
    const chosen = Array.from(input.files);
    const fitting = chosen.filter((file) => !isTooBig(file, input));
    if (!button || !fitting.length) {
        return;
    }
    if (fitting.length < chosen.length) {
        drop.leftOut = chosen.filter((file) => isTooBig(file, input)).map((file) => lineOf(drop.dataset.textTooBig, file));
        const kept = new DataTransfer();
        fitting.forEach((file) => kept.items.add(file));
        input.files = kept.files;
    }
    button.click();
}

function takeDropped(drop, input, files) {
    const taken = new DataTransfer();
    for (const file of input.multiple ? files : Array.from(files).slice(0, 1)) {
        taken.items.add(file);
    }
    input.files = taken.files;
    take(drop, input);
}

// The address that answered: where the form posts to when it was refused, and another when the post led on.
function showAnswer(form, drop, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const answer = page.querySelector(".cpor-page");
    const answered = new URL(request.responseURL || location.href).pathname;
    if (!answer) {
        fail(form, drop);
        return;
    }
    if (![location.pathname, new URL(addressOf(form)).pathname].includes(answered)) {
        location.assign(request.responseURL);
        return;
    }
    if (!answer.querySelector("[data-file-drop]")) {
        // A page without the form, such as one that says when to try again: what was typed and chosen here stays.
        const words = Array.from(answer.querySelectorAll("main h1, main p"), (part) => part.textContent.trim());
        fail(form, drop, words.join(" "));
        return;
    }
    document.title = page.title;
    document.querySelector(".cpor-page").replaceWith(answer);
    answer.querySelectorAll("[data-file-drop]").forEach(prepare);
    const summary = answer.querySelector("[data-error-summary]");
    const next = answer.querySelector("form[data-upload-at-once] [data-file-drop]");
    (summary || next?.querySelector("input[type=file]") || answer.querySelector("main")).focus();
    if (next) {
        // A moment later: what a live region is born with is not read aloud.
        const lines = [...(summary ? [] : drop.sent), ...(drop.leftOut || [])];
        setTimeout(() => {
            statusOf(next).textContent = lines.join("\n");
        }, 100);
    }
}

function addressOf(form) {
    return new URL(form.getAttribute("action") || location.href, location.href);
}

function fail(form, drop, text) {
    barOf(drop).hidden = true;
    statusOf(drop).textContent = text || drop.dataset.textFailed;
    drop.querySelector("input[type=file]").disabled = false;
    delete form.dataset.sending;
}

function send(event, form, drop) {
    event.preventDefault();
    if (form.dataset.sending) {
        return;
    }
    form.dataset.sending = "yes";
    const request = new XMLHttpRequest();
    const input = drop.querySelector("input[type=file]");
    const body = new FormData(form, event.submitter);
    drop.sent = Array.from(input.files, (file) => lineOf(drop.dataset.textAdded, file));
    // What is chosen meanwhile would get lost when the answer takes the place of the page.
    input.disabled = true;
    const bar = barOf(drop);
    bar.hidden = false;
    bar.value = 0;
    statusOf(drop).textContent = drop.dataset.textProgress;
    request.upload.addEventListener("progress", (progress) => {
        bar.value = progress.lengthComputable ? (100 * progress.loaded) / progress.total : 0;
    });
    request.upload.addEventListener("load", () => {
        statusOf(drop).textContent = drop.dataset.textDone;
    });
    request.addEventListener("load", () => showAnswer(form, drop, request));
    request.addEventListener("error", () => fail(form, drop));
    request.open("POST", addressOf(form));
    request.send(body);
}

function prepare(drop) {
    const input = drop.querySelector("input[type=file]");
    const box = drop.querySelector(".cpor-file-drop-box");
    const form = drop.closest("form[data-upload]");
    input.addEventListener("change", () => take(drop, input));
    for (const name of ["dragenter", "dragover"]) {
        box.addEventListener(name, (event) => {
            event.preventDefault();
            box.classList.add("is-over");
        });
    }
    box.addEventListener("dragleave", () => box.classList.remove("is-over"));
    box.addEventListener("drop", (event) => {
        event.preventDefault();
        box.classList.remove("is-over");
        takeDropped(drop, input, event.dataTransfer.files);
    });
    form?.addEventListener("submit", (event) => {
        // A button with its own address, such as the language switch, sends no files.
        if (input.files.length > 0 && !event.submitter?.hasAttribute("formaction")) {
            send(event, form, drop);
        }
    });
}

document.querySelectorAll("[data-file-drop]").forEach(prepare);
