// Moves the bar of a job that runs, and shows the result when it ends. Without this script "Refresh" does.
const box = document.querySelector("[data-job]");
const everyMilliseconds = 2000;

async function follow() {
    try {
        const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
        const job = await answer.json();
        if (job.phase !== box.dataset.phase || !["queued", "running"].includes(job.state)) {
            location.reload();
            return;
        }
        const bar = box.querySelector("progress");
        bar.max = job.total || 1;
        bar.value = job.done;
        const text = box.querySelector("[data-job-text]");
        if (text.textContent !== job.text) {
            text.textContent = job.text;
        }
    } catch {
        // The next look may find the network again.
    }
    setTimeout(follow, everyMilliseconds);
}

setTimeout(follow, everyMilliseconds);
