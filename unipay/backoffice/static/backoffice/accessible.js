// Names what the libraries' own pages leave without one, for people who hear the page instead of seeing it.
function name(element, text) {
  if (element && text && !element.getAttribute("aria-label")) element.setAttribute("aria-label", text.trim());
}

function nameAll() {
  for (const header of document.querySelectorAll("#result_list tbody th, .tabular tbody th")) header.scope = "row";
  for (const header of document.querySelectorAll("thead th:not([scope])")) header.scope = "col";
  for (const input of document.querySelectorAll("input[type=text][placeholder], input[type=search][placeholder]"))
    if (!input.labels.length) name(input, input.placeholder);
  for (const part of document.querySelectorAll(".vDateField, .vTimeField")) {
    const field = part.closest(".field-row, .form-row, .group, td");
    const title = field?.querySelector("label")?.innerText || part.closest("td")?.dataset.label || part.name;
    if (!part.labels.length) name(part, title.replace("*", ""));
  }
  for (const link of document.querySelectorAll(".datetimeshortcuts a"))
    name(link, link.innerText || link.querySelector("[title]")?.title);
}

// The calendars beside dates are drawn when everything else is there.
window.addEventListener("load", () => setTimeout(nameAll));
document.addEventListener("formset:added", nameAll);
