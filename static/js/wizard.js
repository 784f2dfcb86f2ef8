// Comforts of the wizard's pages. Without this script all questions and products stay, and the server ignores those of another area.
const areas = document.querySelectorAll("input[name=solution_area]");

function showChosen() {
    const chosen = Array.from(areas).find((area) => area.checked)?.value;
    for (const part of document.querySelectorAll("[data-for-area]")) {
        part.hidden = part.dataset.forArea !== chosen;
    }
}

areas.forEach((area) => area.addEventListener("change", showChosen));
showChosen();

// Shows the boxes of the group that is chosen, where an area has several groups.
const boxes = document.querySelectorAll("[data-for-group]");

function showBoxes() {
    for (const part of boxes) {
        const choice = document.querySelector(`input[name="${part.dataset.forChoice}"]:checked`);
        part.hidden = choice?.value !== part.dataset.forGroup;
    }
}

if (boxes.length) {
    document.addEventListener("change", showBoxes);
    showBoxes();
}

// Keeps of a list the rows that contain every word that is typed.
function showMatching(box) {
    const words = box.value.toLocaleLowerCase().split(/\s+/);
    const rows = Array.from(document.getElementById(box.dataset.filters).children);
    for (const row of rows) {
        const name = row.textContent.toLocaleLowerCase();
        row.hidden = !words.every((word) => name.includes(word));
    }
    const none = box.parentElement.querySelector("[data-text-none]");
    none.textContent = rows.every((row) => row.hidden) ? none.dataset.textNone : "";
}

for (const box of document.querySelectorAll("input[data-filters]")) {
    box.addEventListener("input", () => showMatching(box));
    showMatching(box);
}
