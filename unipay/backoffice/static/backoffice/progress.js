// A page that follows a job: while the part marked data-follow says it goes on, it is fetched again and replaced.
const PAUSE_MS = 2000;

function follow() {
  const part = document.querySelector("[data-follow]");
  if (part && part.dataset.follow === "on") setTimeout(refresh, PAUSE_MS);
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
    const part = document.querySelector("[data-follow]");
    // A line that a screen reader announces is only replaced when it says something new.
    if (answer.ok && fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(fresh);
  } catch {
    // The network is away for a moment: the next turn tries again.
  }
  follow();
}

follow();
