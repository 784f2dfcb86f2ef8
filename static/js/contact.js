// Says while the customer contact's email is typed whether it is the customer's. Without this script Continue says it.
const box = document.querySelector("[data-contact-check]");
const field = box && document.getElementById(box.dataset.contactField);
const pause = 400;
let timer = null;
let shown = null;

function domainOf(address) {
    return address.trim().split("@").slice(1).pop() ?? "";
}

function show(answer) {
    box.querySelector("[data-contact-text]").textContent = answer.text;
    box.className = answer.tone ? `cpor-banner cpor-tone-${answer.tone}` : "cpor-banner";
    box.hidden = !answer.text;
    document.querySelector("[data-contact-reason]").hidden = !answer.asks_for_reason;
}

async function check() {
    const domain = domainOf(field.value);
    if (domain === shown) {
        return;
    }
    shown = domain;
    // Only the domain name leaves the page: addresses of people are in no log.
    const url = `${box.dataset.contactCheck}?${new URLSearchParams({ domain })}`;
    const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
    // What was typed meanwhile is asked about by itself.
    if (response?.ok && domain === shown) {
        show(await response.json());
    }
}

if (field) {
    shown = domainOf(field.defaultValue);
    field.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(check, pause);
    });
    field.addEventListener("change", check);
}
