/**
 * Reports to the app that has opened the page in a popup: that the page is shown, its height, the error of the API, and at
 * the end the token. These are the messages that the official browser SDK listens to. The only target is the origin that the
 * page names in `data-app`.
 */
(() => {
  const main = document.querySelector("main");
  /** @type {Window | null} */
  const opener = window.parent === window ? window.opener : window.parent;
  if (!main || !opener) return;
  const { app: origin = "", token, closes, code, status } = main.dataset;

  /**
   * @param {string} event
   * @param {Record<string, unknown>} [details]
   */
  const send = (event, details) => opener.postMessage(JSON.stringify({ event, ...details }), origin);
  /** @param {string | undefined} token */
  const close = (token) => send("AUTHSIGNAL_CLOSE_POPUP", { token });
  const sendHeight = () =>
    opener.postMessage({ height: Math.ceil(document.body.getBoundingClientRect().height) }, origin);

  if (closes) {
    close(closes === "with token" ? token : undefined);
    return;
  }
  sendHeight();
  new ResizeObserver(sendHeight).observe(document.body);
  // Browsers ignore `autofocus` in the frame of another origin.
  const field = document.querySelector("[data-focus]");
  if (field instanceof HTMLElement) field.focus();
  send("AUTHSIGNAL_READY");
  if (code) send("AUTHSIGNAL_API_ERROR", { errorCode: code, statusCode: Number(status) });
  for (const button of document.querySelectorAll("button[data-close]")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => close(token));
  }
})();
