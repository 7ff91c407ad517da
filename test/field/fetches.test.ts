import { expect } from "vitest";
import { field, type Outcome, outcomeOf, row, runNode, startProxy, startService } from "./support.ts";

// The option `fetch`, which the official client does not have.

const SENT_NOTHING = 'ERR_INVALID_URL, or "connection broke off" with mayHaveBeenProcessed: true';
const GUARD = "worked before: guards a form of the option that is used";

const FETCHES: [name: string, reason: string][] = [
  ["native", GUARD],
  ["by request", GUARD],
  ["by url and init", GUARD],
  ["by text and init", SENT_NOTHING],
  ["undici 6", SENT_NOTHING],
  ["undici 7", SENT_NOTHING],
  ["undici 7 with retries of its own", SENT_NOTHING],
  ["fetch-retry 6", GUARD],
  ["node-fetch 2", SENT_NOTHING],
  ["node-fetch 3", SENT_NOTHING],
  ["cross-fetch", SENT_NOTHING],
];

for (const [name, reason] of FETCHES) {
  row(`fetch: ${name}`, { reason, program: "fetches.mjs", env: { FETCH: name }, official: "none" });
}

row("fetch: undici 7 with a proxy", {
  reason: SENT_NOTHING,
  official: "none",
  async run() {
    const proxy = await startProxy();
    const service = await startService({ tls: true });
    const report = await runNode(["fetches.mjs"], {
      CLIENT: "ours",
      API_URL: service.apiUrl,
      FETCH: "undici 7 with a proxy",
      PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: `${field}/ca.pem`,
    });
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(service.apiUrl).host]));
    return outcomeOf(report, service);
  },
});

row("fetch and http.request that throw at once", {
  reason: "mayHaveBeenProcessed: true, and three attempts",
  program: "throwing.mjs",
  official: "none",
  check({ report, seen }: Outcome) {
    const unsent = { errorCode: expect.any(String), mayHaveBeenProcessed: false };
    expect(report).toMatchObject({
      results: { byFetch: { ...unsent, attempts: 1 }, byModule: unsent },
      calls: { fetch: 1 },
    });
    expect(JSON.stringify(report)).not.toContain("broke off");
    expect(seen).toEqual([]);
  },
});
