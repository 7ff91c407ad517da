import { gzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import { checkCalls, field, NODE_24, type Outcome, row, runNode, startProxy, startService } from "./support.ts";

// Proxies, agents of others, and servers that are not like those of a laboratory.

const trusting = { NODE_EXTRA_CA_CERTS: `${field}/ca.pem` };

const AGENTS: [name: string, reason: string][] = [
  ["https-proxy-agent 5", "refused: not an http.Agent"],
  ["https-proxy-agent 7", "worked before: guards the agent of the recipe"],
  ["https-proxy-agent 9", "worked before: guards the newest version"],
  ["proxy-agent 6", "worked before: guards an agent that chooses another"],
  ["hpagent", "worked before: guards an agent that keeps its tunnels"],
  ["tunnel", "refused: not an http.Agent"],
];

describe("agents", () => {
  for (const [name, reason] of AGENTS) {
    row(`agent: ${name}`, {
      reason,
      official: "has no such option",
      async run() {
        const proxy = await startProxy();
        const { apiUrl, seen } = await startService({ tls: true });
        const env = { CLIENT: "ours", API_URL: apiUrl, AGENT: name, PROXY: proxy.url, ...trusting };
        const report = await runNode(["proxied.cjs"], env);
        expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(apiUrl).host]));
        return { report, seen };
      },
    });
  }
});

row("agent: agentkeepalive 4.6.0", {
  reason: "worked before: guards an agent that keeps connections by rules of its own",
  official: "has no such option",
  program: "keepalive.cjs",
  check(outcome: Outcome) {
    checkCalls(outcome);
    expect(outcome.report.sockets).toBe(1);
  },
});

/** The response of a proxy to CONNECT that Node takes for the response to the request. */
function forged(status: number): string {
  const body = JSON.stringify({ isEnrolled: true, isValid: true, state: "ALLOW", idempotencyKey: "attempt-1" });
  return `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

describe("forged", () => {
  for (const [name] of AGENTS) {
    row(`agent: ${name}, whose proxy answers CONNECT with 201 and a body`, {
      reason: "where the agent lets it pass, the body of the proxy was believed: isValid: true without a byte of TLS",
      official: "has no such option",
      async run() {
        const proxy = await startProxy(forged(201));
        const { apiUrl, seen } = await startService({ tls: true });
        const env = { CLIENT: "ours", API_URL: apiUrl, AGENT: name, PROXY: proxy.url, ...trusting };
        const report = await runNode(["proxied.cjs"], env);
        expect(proxy.tunnels).not.toEqual([]);
        return { report, seen };
      },
      check({ report, seen }: Outcome) {
        const failed = { errorCode: "network_error", mayHaveBeenProcessed: false };
        expect(report.results).toMatchObject({ getUser: failed, track: failed, validateChallenge: failed });
        expect(seen).toEqual([]);
      },
    });
  }
});

row("HTTPS_PROXY with NODE_USE_ENV_PROXY=1, Node 24", {
  reason: "went around the proxy without a word",
  async run(client) {
    const proxy = await startProxy();
    const { apiUrl, seen } = await startService({ tls: true });
    const env = { CLIENT: client, API_URL: apiUrl, HTTPS_PROXY: proxy.url, NODE_USE_ENV_PROXY: "1", ...trusting };
    const report = await runNode(["plain.cjs"], env, { node: NODE_24 });
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(apiUrl).host]));
    return { report, seen };
  },
});

row("NO_PROXY with NODE_USE_ENV_PROXY=1, Node 24", {
  reason: "worked before: guards the exceptions to the proxy",
  async run(client) {
    const proxy = await startProxy();
    const { apiUrl, seen } = await startService();
    const env = {
      CLIENT: client,
      API_URL: apiUrl,
      HTTP_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
      NODE_USE_ENV_PROXY: "1",
    };
    const report = await runNode(["plain.cjs"], env, { node: NODE_24 });
    expect([...proxy.tunnels, ...proxy.plain]).toEqual([]);
    return { report, seen };
  },
});

row("a gateway that compresses though identity was asked for", {
  reason: '"is not UTF-8"',
  async run(client) {
    const { apiUrl, seen } = await startService({
      send: (response, status, body) => {
        response.writeHead(status, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(gzipSync(body));
      },
    });
    return { report: await runNode(["plain.cjs"], { CLIENT: client, API_URL: apiUrl }), seen };
  },
});

row("an event loop blocked for longer than the server keeps connections", {
  reason: "ECONNRESET every time",
  async run(client) {
    const { apiUrl, seen, server } = await startService();
    server.keepAliveTimeout = 5_000;
    return { report: await runNode(["blocked.cjs"], { CLIENT: client, API_URL: apiUrl }), seen };
  },
  check({ report }: Outcome) {
    expect(report.results).toMatchObject({ getUser: { isEnrolled: true }, validateChallenge: { isValid: true } });
  },
});
