import type { BrowserContext, Request } from "playwright-core";

/** Chromium says it of every answer with a status of 400 or more, which are written down already. */
const REPEATED = /^Failed to load resource: the server responded with a status of/;

/** Writes down whatever goes wrong in the pages of a context: errors and warnings, refused and failed requests. */
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
    // So a stream of events ends when its page is left, and a page that is left before its last byte was read.
    const isLeft = ["eventsource", "document"].includes(request.resourceType()) && answered.has(request);
    if (!isLeft || errorText !== "net::ERR_ABORTED") problems.push(`${errorText} ${method} ${path}`);
  });
  return problems;
}

function placeOf(method: string, url: string): { method: string; path: string } {
  return { method, path: new URL(url).pathname };
}
