// The queue by keyboard, forms that say they are busy, and a page that looks again while partners are being told.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  sayBusy();
  closeMenusElsewhere();
  keysOfQueue();
  lookAgain();
  nameFiles();
});

function nameFiles() {
  for (const input of document.querySelectorAll(".case-file input")) {
    input.addEventListener("change", () => {
      if (input.files.length) input.parentElement.querySelector("[data-file-name]").textContent = input.files[0].name;
    });
  }
}

function sayBusy() {
  for (const form of document.querySelectorAll("form[data-busy]")) {
    form.addEventListener("submit", () => {
      const button = form.querySelector("button");
      const text = form.querySelector("[data-busy-text]");
      // Disabled only after the form was sent, else the button's own name would not be.
      setTimeout(() => { button.disabled = true; }, 0);
      if (text) text.textContent = form.dataset.busy;
      button.setAttribute("aria-busy", "true");
    });
  }
}

function closeMenusElsewhere() {
  const menus = document.querySelectorAll("details.case-menu");
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of menus) menu.open = false;
  });
}

function isTyping(event) {
  const target = event.target;
  return event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable ||
    ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) && target.type !== "checkbox";
}

function keysOfQueue() {
  const help = document.getElementById("case-keys");
  if (!help) {
    keysOfCase();
    return;
  }
  const rows = [...document.querySelectorAll("#result_list tr.data-row, #result_list tbody tr")]
    .filter((row) => row.querySelector("a[href*='/change/']"));
  let at = -1;

  function choose(next) {
    if (!rows.length) return;
    if (rows[at]) rows[at].classList.remove("case-row-chosen");
    at = Math.min(Math.max(next, 0), rows.length - 1);
    rows[at].classList.add("case-row-chosen");
    rows[at].scrollIntoView({ block: "nearest" });
    rows[at].querySelector("a[href*='/change/']").focus({ preventScroll: true });
  }

  function address() {
    return rows[at] && rows[at].querySelector("a[href*='/change/']").href;
  }

  function take() {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (!address() || !token) return;
    const form = document.createElement("form");
    form.method = "post";
    form.action = address().replace(/\/change\/.*$/, "/take/");
    form.append(token.cloneNode());
    document.body.append(form);
    form.submit();
  }

  const keys = {
    j: () => choose(at + 1),
    k: () => choose(at - 1),
    o: () => { if (address()) location.href = address(); },
    t: take,
    x: () => { if (rows[at]) rows[at].querySelector("input.action-select")?.click(); },
    "/": () => document.querySelector("#searchbar")?.focus(),
    "?": () => help.showModal(),
  };
  listen(keys, () => help.open);
}

function keysOfCase() {
  listen({ t: () => document.querySelector("[data-key=t]")?.click() }, () => false);
}

function listen(keys, isSilent) {
  // Before Unfold's own keys, which would jump to the search of its menu.
  window.addEventListener("keydown", (event) => {
    if (isTyping(event) || isSilent() || !keys[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keys[event.key]();
  }, true);
}

function lookAgain() {
  const page = document.querySelector("[data-look-again]");
  if (!page) return;
  let left = 45;
  const timer = setInterval(async () => {
    if (left-- <= 0) {
      clearInterval(timer);
      return;
    }
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const found = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (found && found.textContent !== part.textContent) part.replaceWith(document.adoptNode(found));
    }
    if (!fresh.querySelector("[data-look-again]")) clearInterval(timer);
  }, Number(page.dataset.lookAgain) * 1000);
}
