// Hides the questions of the solution area that was not chosen. Without this script both stay, and the server ignores the other's.
const areas = document.querySelectorAll("input[name=solution_area]");

function showChosen() {
    const chosen = Array.from(areas).find((area) => area.checked)?.value;
    for (const part of document.querySelectorAll("[data-for-area]")) {
        part.hidden = part.dataset.forArea !== chosen;
    }
}

areas.forEach((area) => area.addEventListener("change", showChosen));
showChosen();
