// Opens the places of the findings one after the other by the arrow keys. Without this script Tab and Enter do.
const list = document.querySelector("[data-findings-keys]");
const places = list ? [...list.querySelectorAll("a[target]")] : [];

function open(place) {
    places.forEach((each) => each.removeAttribute("aria-current"));
    place.setAttribute("aria-current", "true");
    place.focus();
    place.click();
}

list?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = places.indexOf(document.activeElement);
    if (step && at >= 0 && places[at + step]) {
        event.preventDefault();
        open(places[at + step]);
    }
});

places[0]?.setAttribute("aria-current", "true");
places[0]?.focus({ preventScroll: true });
