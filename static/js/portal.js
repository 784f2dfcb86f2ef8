// Small comforts on pages that work without them.
const root = document.documentElement;

function isDark() {
    if (root.dataset.bsTheme) {
        return root.dataset.bsTheme === "dark";
    }
    return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme(button) {
    button.setAttribute("aria-pressed", String(isDark()));
}

function switchTheme(button) {
    const chosen = isDark() ? "light" : "dark";
    root.dataset.bsTheme = chosen;
    try {
        localStorage.setItem("theme", chosen);
    } catch {
        // The choice then lasts for this page only.
    }
    showTheme(button);
}

async function copyText(button) {
    const status = button.parentElement.querySelector("[role=status]");
    try {
        await navigator.clipboard.writeText(button.dataset.copy);
        status.textContent = button.dataset.copied;
    } catch {
        status.textContent = button.dataset.notCopied;
    }
}

function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.cpor-menu[open]")) {
        if (menu !== except) {
            menu.open = false;
        }
    }
}

function markScrollingTables() {
    for (const region of document.querySelectorAll(".cpor-table-scroll")) {
        if (region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight) {
            region.setAttribute("tabindex", "0");
        } else {
            region.removeAttribute("tabindex");
        }
    }
}

function selectAllOf(name, isOn) {
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${name}"]`)) {
        box.checked = isOn;
    }
}

// The form that the person last typed in comes along when the language is switched, without its files.
let touched = null;

function isCarried(form) {
    const asksForSecrets = form.querySelector("input[type=password], input[autocomplete=one-time-code]");
    return form.method === "post" && form.closest("main") && !asksForSecrets;
}

function carryForm(button) {
    if (!touched?.isConnected) {
        return;
    }
    touched.id ||= "touched";
    button.setAttribute("form", touched.id);
    button.formAction = `${button.closest("[data-language-switch]").dataset.languageSwitch}&language=${button.value}`;
    button.formEnctype = "application/x-www-form-urlencoded";
    button.formNoValidate = true;
    button.removeAttribute("name");
}

document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && isCarried(form)) {
        touched = form;
    }
});

document.addEventListener("click", (event) => {
    const language = event.target.closest("[data-language-switch] button[lang]");
    if (language) {
        carryForm(language);
    }
    const themeSwitch = event.target.closest("[data-theme-switch]");
    const copy = event.target.closest("[data-copy]");
    const print = event.target.closest("[data-print]");
    const selectAll = event.target.closest("[data-select-all]");
    if (themeSwitch) {
        switchTheme(themeSwitch);
    }
    if (copy) {
        copyText(copy);
    }
    if (print) {
        window.print();
    }
    if (selectAll) {
        selectAllOf(selectAll.dataset.selectAll, selectAll.checked);
    }
    closeMenus(event.target.closest("details.cpor-menu"));
});

document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.cpor-menu[open]");
    if (event.key === "Escape" && menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
    }
});

document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-switch]").forEach(showTheme);
    document.querySelector("[data-error-summary]")?.focus();
    markScrollingTables();
});

window.addEventListener("resize", markScrollingTables);
