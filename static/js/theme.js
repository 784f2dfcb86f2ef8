// Sets the chosen theme before the first paint. The admin's own switch keeps its choice under the same key.
"use strict";

document.documentElement.classList.add("js");

try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
        document.documentElement.dataset.bsTheme = chosen;
    }
} catch {
    // Storage may be switched off: the system's preference then decides.
}
