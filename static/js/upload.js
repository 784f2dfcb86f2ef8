// Drag-and-drop and progress for a form with `data-upload`. Without this script the same form posts the same files.
const megabyte = 1024 * 1024;

function statusOf(drop) {
    return drop.querySelector("[role=status]");
}

function barOf(drop) {
    return drop.querySelector("progress");
}

function describe(drop, input) {
    const limit = Number(input.dataset.maxBytes || Infinity);
    const lines = Array.from(input.files, (file) => {
        const text = file.size > limit ? drop.dataset.textTooBig : drop.dataset.textChosen;
        return `${text} ${file.name} (${(file.size / megabyte).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 })} MB)`;
    });
    statusOf(drop).textContent = lines.join("\n");
}

function takeDropped(drop, input, files) {
    const taken = new DataTransfer();
    for (const file of input.multiple ? files : Array.from(files).slice(0, 1)) {
        taken.items.add(file);
    }
    input.files = taken.files;
    describe(drop, input);
}

function showAnswer(form, drop, request) {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".page");
    if (!answer) {
        fail(form, drop);
        return;
    }
    if (new URL(request.responseURL).pathname !== location.pathname) {
        location.assign(request.responseURL);
        return;
    }
    document.querySelector(".page").replaceWith(answer);
    answer.querySelectorAll("[data-file-drop]").forEach(prepare);
    (answer.querySelector("[data-error-summary]") || answer.querySelector("main")).focus();
}

function fail(form, drop) {
    barOf(drop).hidden = true;
    statusOf(drop).textContent = drop.dataset.textFailed;
    delete form.dataset.sending;
}

function send(event, form, drop) {
    event.preventDefault();
    if (form.dataset.sending) {
        return;
    }
    form.dataset.sending = "yes";
    const request = new XMLHttpRequest();
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
    request.open("POST", form.getAttribute("action") || location.href);
    request.send(new FormData(form, event.submitter));
}

function prepare(drop) {
    const input = drop.querySelector("input[type=file]");
    const box = drop.querySelector(".file-drop-box");
    const form = drop.closest("form[data-upload]");
    input.addEventListener("change", () => describe(drop, input));
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
        if (input.files.length > 0) {
            send(event, form, drop);
        }
    });
}

document.querySelectorAll("[data-file-drop]").forEach(prepare);
