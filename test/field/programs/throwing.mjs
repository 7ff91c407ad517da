// A `fetch` of the caller that throws before anything was sent.
import http from "node:http";
import { options, packageName, report, settle } from "./calls.mjs";

const { Authsignal } = await import(packageName);
const track = (client) => settle(client.track({ userId: "ann", action: "withdraw" }));
let calls = 0;
const bug = () => {
  calls++;
  return undefined.missing;
};

const byFetch = await track(new Authsignal({ ...options, fetch: bug }));
const fetchCalls = calls;

http.request = bug;
const byModule = await track(new Authsignal(options));
report({ results: { byFetch, byModule }, calls: { fetch: fetchCalls, module: calls - fetchCalls } });
