// Shows what was found in the files as soon as they are read. Without this script "Refresh to see the result" does.
const everyMilliseconds = 2000;

async function follow() {
    const list = document.querySelector("[data-findings]");
    if (list) {
        await refresh(list);
    }
    // A file that is uploaded now brings a list that is followed again.
    setTimeout(follow, everyMilliseconds);
}

async function refresh(list) {
    try {
        const answer = await fetch(list.dataset.findings, { headers: { Accept: "text/html" } });
        if (answer.ok) {
            const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#findings");
            // What is being typed there stays: the list is replaced when the person has left it.
            if (told && !list.contains(document.activeElement) && told.innerHTML !== list.innerHTML) {
                const next = told.querySelector("input[name=next]");
                if (next) {
                    next.value = location.pathname + location.search;
                }
                list.replaceWith(document.adoptNode(told));
            }
        }
    } catch {
        // The next look may find the network again.
    }
}

setTimeout(follow, everyMilliseconds);
