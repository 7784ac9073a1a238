// Of how a value can be written, a column shows what its field needs.
const NEEDS = {
  FEN: ["unit"],
  DATE: ["date_format"],
  DATETIME: ["date_format"],
  MSISDNS: ["list_separator"],
  CODE: ["code_map"],
  FLAG: ["code_map"],
};

function typesOf(select) {
  return new Map((select.dataset.types || "").split(" ").map((pair) => pair.split(":")));
}

function fit(select) {
  const row = select.closest("tr");
  const needed = NEEDS[typesOf(select).get(select.value)] || [];
  for (const part of row.querySelectorAll("[data-option]")) part.hidden = !needed.includes(part.dataset.option);
}

function fitAll() {
  document.querySelectorAll("select[data-column=field]").forEach(fit);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-column=field]")) fit(event.target);
});
document.addEventListener("formset:added", fitAll);
document.addEventListener("DOMContentLoaded", fitAll);
