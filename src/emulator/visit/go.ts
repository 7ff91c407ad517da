import { parseHtml } from "./html.ts";
import { isPage, Page, VisitError, type VisitResult } from "./page.ts";

/** Sends a request. */
export type Send = (request: Request) => Promise<Response>;

/** How many redirects are followed. */
const MAX_REDIRECTS = 5;

/** Sends a request and follows redirects to challenge pages. A redirect to any other page leads back to the app, and is returned. */
export async function go(send: Send, url: string, init: RequestInit = {}, redirects = 0): Promise<Page | VisitResult> {
  const response = await send(new Request(url, { ...init, redirect: "manual" }));
  const body = await response.text();
  const location = response.headers.get("location");
  if (location === null) return read(url, response.status, body);
  if (redirects === MAX_REDIRECTS) throw new VisitError(`${url} leads in a circle`);
  const target = new URL(location, url).href;
  if (isPage(target, url)) return go(send, target, {}, redirects + 1);
  return { token: new URL(target).searchParams.get("token") ?? "", url: target };
}

function read(url: string, status: number, body: string): Page {
  const main = parseHtml(body).find("main");
  if (main) return new Page(url, main);
  throw new VisitError(`There is no challenge page at ${url}: the answer has the status ${status}`);
}
