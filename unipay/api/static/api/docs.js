"use strict";

const place = document.getElementById("docs");

// Nothing is sent from this page: a browser has no key to sign with.
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  supportedSubmitMethods: [],
  validatorUrl: null,
});
