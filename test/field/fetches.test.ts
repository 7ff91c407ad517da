import { expect } from "vitest";
import { field, type Outcome, row, runNode, startProxy, startService } from "./support.ts";

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
  ["node-fetch 2", SENT_NOTHING],
  ["node-fetch 3", SENT_NOTHING],
  ["cross-fetch", SENT_NOTHING],
];

for (const [name, reason] of FETCHES) {
  row(`fetch: ${name}`, { reason, program: "fetches.mjs", env: { FETCH: name }, official: "has no such option" });
}

row("fetch: undici 7 with a proxy", {
  reason: SENT_NOTHING,
  official: "has no such option",
  async run() {
    const proxy = await startProxy();
    const { apiUrl, seen } = await startService({ tls: true });
    const report = await runNode(["fetches.mjs"], {
      CLIENT: "ours",
      API_URL: apiUrl,
      FETCH: "undici 7 with a proxy",
      PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: `${field}/ca.pem`,
    });
    expect(proxy.tunnels).toEqual([new URL(apiUrl).host]);
    return { report, seen };
  },
});

row("fetch and http.request that throw at once", {
  reason: "mayHaveBeenProcessed: true, and three attempts",
  program: "throwing.mjs",
  official: "has no such option",
  check({ report, seen }: Outcome) {
    const failed = { mayHaveBeenProcessed: false, attempts: 1 };
    expect(report).toMatchObject({ results: { byFetch: failed, byModule: failed }, calls: { fetch: 1, module: 1 } });
    expect(seen).toEqual([]);
  },
});
