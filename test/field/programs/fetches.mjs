// A client that is told which fetch to call over.
import crossFetch from "cross-fetch";
import nodeFetch2 from "node-fetch-2";
import nodeFetch3 from "node-fetch-3";
import { fetch as undici6 } from "undici-6";
import { ProxyAgent, fetch as undici7 } from "undici-7";
import { callAll, options, packageName, report } from "./calls.mjs";

const dispatcher = () => new ProxyAgent({ uri: process.env.PROXY, proxyTunnel: true });

const fetches = {
  native: () => fetch,
  "by request": () => (request) => fetch(request),
  "by url and init": () => (url, init) => fetch(url, init),
  "by text and init": () => (url, init) => fetch(String(url), init),
  "undici 6": () => undici6,
  "undici 7": () => undici7,
  "undici 7 with a proxy": () => {
    const init = { dispatcher: dispatcher() };
    return (url, given) => undici7(url, { ...given, ...init });
  },
  "node-fetch 2": () => nodeFetch2,
  "node-fetch 3": () => nodeFetch3,
  "cross-fetch": () => crossFetch,
};

const { Authsignal } = await import(packageName);
report({ results: await callAll(new Authsignal({ ...options, fetch: fetches[process.env.FETCH]() })) });
