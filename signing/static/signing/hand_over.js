"use strict";

// Goes on to the bank by itself. Back from there must lead to the agreement, not to sending this form once more:
// forgetting that this page was posted makes its place in the browser's history the agreement's.
(function () {
  const form = document.getElementById("hand-over");
  const button = form.querySelector("button");
  form.addEventListener("submit", function () {
    button.disabled = true;
  });
  window.addEventListener("pageshow", function (shown) {
    if (shown.persisted) {
      window.location.reload();
    }
  });
  window.history.replaceState(null, "", window.location.href);
  form.submit();
})();
