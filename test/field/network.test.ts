import { gzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import {
  checkCalls,
  field,
  NODE_24,
  type Outcome,
  outcomeOf,
  row,
  runNode,
  startProxy,
  startService,
} from "./support.ts";

// Proxies, third-party agents, and unusual servers.

const trusting = { NODE_EXTRA_CA_CERTS: `${field}/ca.pem` };

const BELIEVED = "the body of the proxy was taken for the answer of the service: isValid: true without a byte of TLS";

const AGENTS: [name: string, reason: string, ofForged: string][] = [
  ["https-proxy-agent 5", "refused: not an http.Agent", "the agent was refused"],
  ["https-proxy-agent 7", "worked before: guards the agent of the example", BELIEVED],
  ["https-proxy-agent 9", "worked before: guards the newest version", BELIEVED],
  ["proxy-agent 6", "worked before: guards an agent that chooses another", BELIEVED],
  [
    "hpagent",
    "worked before: guards an agent that keeps its tunnels",
    "worked before: this agent itself takes 200 only",
  ],
  ["tunnel", "refused: not an http.Agent", "the agent was refused"],
];

describe("agents", () => {
  for (const [name, reason] of AGENTS) {
    row(`agent: ${name}`, {
      reason,
      official: "none",
      async run() {
        const proxy = await startProxy();
        const service = await startService({ tls: true });
        const env = { CLIENT: "ours", API_URL: service.apiUrl, AGENT: name, PROXY: proxy.url, ...trusting };
        const report = await runNode(["proxied.cjs"], env);
        expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(service.apiUrl).host]));
        return outcomeOf(report, service);
      },
    });
  }
});

row("agent: agentkeepalive 4.6.0", {
  reason: "worked before: guards an agent that keeps connections by rules of its own",
  official: "none",
  program: "keepalive.cjs",
  check(outcome: Outcome) {
    checkCalls(outcome);
    expect(outcome.report.sockets).toBe(1);
  },
});

/** A response of a proxy to CONNECT that Node takes for the response to the request. */
function forged(status: number): string {
  const body = JSON.stringify({ isEnrolled: true, isValid: true, state: "ALLOW", idempotencyKey: "attempt-1" });
  return `HTTP/1.1 ${status} OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

describe("a proxy that makes no tunnel", () => {
  for (const [name, , reason] of AGENTS) {
    row(`agent: ${name}, whose proxy answers CONNECT with 201 and a body`, {
      reason,
      official: "none",
      async run() {
        const proxy = await startProxy(forged(201));
        const service = await startService({ tls: true });
        const env = { CLIENT: "ours", API_URL: service.apiUrl, AGENT: name, PROXY: proxy.url, ...trusting };
        const report = await runNode(["proxied.cjs"], env);
        expect(proxy.tunnels).not.toEqual([]);
        return outcomeOf(report, service);
      },
      check({ report, seen }: Outcome) {
        const failed = { errorCode: "network_error", mayHaveBeenProcessed: false };
        expect(report.results).toMatchObject({ getUser: failed, track: failed, validateChallenge: failed });
        expect(seen).toEqual([]);
      },
    });
  }
});

row("global-agent 4.1.6", {
  reason: "worked before: guards requests that others give an agent",
  async run(client) {
    const proxy = await startProxy();
    const service = await startService({ tls: true });
    const env = { CLIENT: client, API_URL: service.apiUrl, GLOBAL_AGENT_HTTP_PROXY: proxy.url, ...trusting };
    const report = await runNode(["global-agent.cjs"], env);
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(service.apiUrl).host]));
    return outcomeOf(report, service);
  },
});

row("HTTPS_PROXY with NODE_USE_ENV_PROXY=1, Node 24", {
  reason: "went around the proxy without a word",
  async run(client) {
    const proxy = await startProxy();
    const service = await startService({ tls: true });
    const env = {
      CLIENT: client,
      API_URL: service.apiUrl,
      HTTPS_PROXY: proxy.url,
      NODE_USE_ENV_PROXY: "1",
      ...trusting,
    };
    const report = await runNode(["plain.cjs"], env, { node: NODE_24 });
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(service.apiUrl).host]));
    return outcomeOf(report, service);
  },
});

row("NO_PROXY with NODE_USE_ENV_PROXY=1, Node 24", {
  reason: "worked before: guards the exceptions to the proxy",
  async run(client) {
    const proxy = await startProxy();
    const service = await startService();
    const env = {
      CLIENT: client,
      API_URL: service.apiUrl,
      HTTP_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
      NODE_USE_ENV_PROXY: "1",
    };
    const report = await runNode(["plain.cjs"], env, { node: NODE_24 });
    expect([...proxy.tunnels, ...proxy.plain]).toEqual([]);
    return outcomeOf(report, service);
  },
});

row("a gateway that compresses though identity was asked for", {
  reason: '"is not UTF-8"',
  async run(client) {
    const service = await startService({
      send: (response, status, body) => {
        response.writeHead(status, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(gzipSync(body));
      },
    });
    return outcomeOf(await runNode(["plain.cjs"], { CLIENT: client, API_URL: service.apiUrl }), service);
  },
});

row("an event loop blocked for longer than the server keeps connections", {
  reason: "ECONNRESET every time",
  async run(client) {
    const service = await startService();
    service.server.keepAliveTimeout = 5_000;
    return outcomeOf(await runNode(["blocked.cjs"], { CLIENT: client, API_URL: service.apiUrl }), service);
  },
  check({ report }: Outcome) {
    expect(report.results).toMatchObject({ getUser: { isEnrolled: true }, validateChallenge: { isValid: true } });
  },
});
