// A client with an option `fetch`.
import crossFetch from "cross-fetch";
import fetchRetry from "fetch-retry";
import nodeFetch2 from "node-fetch-2";
import nodeFetch3 from "node-fetch-3";
import { fetch as undici6 } from "undici-6";
import { Agent, interceptors, ProxyAgent, fetch as undici7 } from "undici-7";
import { callAll, options, packageName, report } from "./calls.mjs";

const fetches = {
  native: () => fetch,
  "by request": () => (request) => fetch(request),
  "by url and init": () => (url, init) => fetch(url, init),
  "by text and init": () => (url, init) => fetch(String(url), init),
  "undici 6": () => undici6,
  "undici 7": () => undici7,
  "undici 7 with a proxy": () => {
    const init = { dispatcher: new ProxyAgent(process.env.PROXY) };
    return (url, given) => undici7(url, { ...given, ...init });
  },
  "undici 7 with retries of its own": () => {
    const init = { dispatcher: new Agent().compose(interceptors.retry()) };
    return (url, given) => undici7(url, { ...given, ...init });
  },
  "fetch-retry 6": () => fetchRetry(fetch, { retries: 1 }),
  "node-fetch 2": () => nodeFetch2,
  "node-fetch 3": () => nodeFetch3,
  "cross-fetch": () => crossFetch,
};

const { Authsignal } = await import(packageName);
report({ results: await callAll(new Authsignal({ ...options, fetch: fetches[process.env.FETCH]() })) });
