// What a page is asked for besides looking right; returns one line for each thing that is wrong with it.
() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest("[inert], [aria-hidden=true]");
  const named = (element) => (element.getAttribute("aria-label") || element.getAttribute("title") ||
    (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join("") ||
    element.innerText || [...element.querySelectorAll("img[alt]")].map((image) => image.alt).join("")).trim();
  const where = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);

  if (!document.documentElement.lang) faults.push("no language");
  const headings = [...document.querySelectorAll("h1")].filter(shown);
  if (headings.length !== 1) faults.push(`${headings.length} first headings`);
  for (const input of document.querySelectorAll("input:not([type=hidden], [type=submit], [type=button]), select, textarea"))
    if (shown(input) && !input.labels?.length && !named(input)) faults.push(`no label: ${where(input)}`);
  for (const button of document.querySelectorAll("button, [role=button], a[href], input[type=submit]"))
    if (shown(button) && !named(button) && !button.value) faults.push(`no name: ${where(button)}`);
  for (const header of document.querySelectorAll("main th, #main th, #content th"))
    if (shown(header) && header.closest("table").querySelector("td") && !header.scope) faults.push(`no scope: ${where(header)}`);
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) faults.push(`no alt: ${where(image)}`);
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wider > 0) faults.push(`${wider} px wider than the screen`);
  return faults;
}
