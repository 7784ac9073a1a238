"use strict";

// Asks for the outcome, ever less often, and loads the page again once it is known.
(function () {
  const PAUSES = [1, 1, 2, 2, 3, 3, 5, 5, 8, 8, 10, 10, 15, 15];
  const waiting = document.getElementById("waiting");
  let looks = 0;

  function sayItIsLate() {
    document.getElementById("asking").hidden = true;
    document.getElementById("late").hidden = false;
  }

  function lookLater() {
    if (looks >= PAUSES.length) {
      sayItIsLate();
      return;
    }
    window.setTimeout(look, PAUSES[looks] * 1000);
    looks += 1;
  }

  async function look() {
    try {
      const answer = await fetch(waiting.dataset.status, { cache: "no-store", credentials: "same-origin" });
      if (answer.ok && (await answer.json()).outcome !== waiting.dataset.outcome) {
        window.location.reload();
        return;
      }
    } catch {
      // No network for a moment: look again at the next pause.
    }
    lookLater();
  }

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible" && looks >= PAUSES.length) {
      look();
    }
  });
  lookLater();
})();
