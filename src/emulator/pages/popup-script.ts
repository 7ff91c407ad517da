import { createHash } from "node:crypto";

/**
 * What a page does in a popup: it tells the app that it is shown, how high it is, what was refused, and at last the token.
 * The messages are those that the official browser SDK listens to. They go to the one origin that the page names.
 */
export const SCRIPT = `
"use strict";
(() => {
  const main = document.querySelector("main");
  const { app: origin, token, closes, code, status } = main.dataset;
  const app = window.parent === window ? window.opener : window.parent;
  if (!app) return;
  const tell = (event, details) => app.postMessage(JSON.stringify({ event, ...details }), origin);
  const close = (token) => tell("AUTHSIGNAL_CLOSE_POPUP", { token });
  if (closes) return close(closes === "with token" ? token : undefined);
  const measure = () => app.postMessage({ height: Math.ceil(document.body.getBoundingClientRect().height) }, origin);
  measure();
  new ResizeObserver(measure).observe(document.body);
  document.querySelector("[data-focus]")?.focus();
  tell("AUTHSIGNAL_READY");
  if (code) tell("AUTHSIGNAL_API_ERROR", { errorCode: code, statusCode: Number(status) });
  for (const button of document.querySelectorAll("button[data-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => close(token));
  }
})();
`;

/** By what a content security policy knows the script. */
export const SCRIPT_SOURCE = `'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
