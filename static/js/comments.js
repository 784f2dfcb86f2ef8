// Marks new comments as read once the last of them was on the screen for a moment. Without it, a button does.
const form = document.querySelector("form[data-read-comments]");
const shownMilliseconds = 1000;
let timer = 0;

async function markAsRead() {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => null);
    // The page keeps saying what was new; only the button has nothing left to do.
    if (answer?.type === "opaqueredirect") {
        form.style.visibility = "hidden";
    }
}

function watch(entries, observer) {
    clearTimeout(timer);
    if (entries.at(-1).isIntersecting) {
        timer = setTimeout(() => {
            if (document.visibilityState === "visible") {
                observer.disconnect();
                markAsRead();
            }
        }, shownMilliseconds);
    }
}

const last = [...document.querySelectorAll("[data-new-comment]")].at(-1);
if (form && last) {
    new IntersectionObserver(watch).observe(last);
}
