import type { BrowserContext, Request } from "playwright-core";

/** Chromium logs this for every response with a status of 400 or more, which is recorded separately. */
const REPEATED = /^Failed to load resource: the server responded with a status of/;

/** Records the errors in the pages of a context: errors and warnings of scripts, and failed requests. */
export function problemsOf(context: BrowserContext): string[] {
  const problems: string[] = [];
  const answered = new WeakSet<Request>();
  context.on("console", (message) => {
    const isBad = ["error", "warning"].includes(message.type()) && !REPEATED.test(message.text());
    if (isBad) problems.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => problems.push(`error: ${error.error().message}`));
  context.on("response", (response) => {
    answered.add(response.request());
    const { method, path } = placeOf(response.request().method(), response.url());
    if (response.status() >= 400) problems.push(`${response.status()} ${method} ${path}`);
  });
  context.on("requestfailed", (request) => {
    const { method, path } = placeOf(request.method(), request.url());
    const { errorText } = request.failure() ?? {};
    // An event stream ends like this when its page is left, and so does a page that is left while it loads.
    const isLeft = ["eventsource", "document"].includes(request.resourceType()) && answered.has(request);
    if (!isLeft || errorText !== "net::ERR_ABORTED") problems.push(`${errorText} ${method} ${path}`);
  });
  return problems;
}

function placeOf(method: string, url: string): { method: string; path: string } {
  return { method, path: new URL(url).pathname };
}
