import { describe, expect, it } from "vitest";
import { fetchHandler } from "../../../src/emulator/mount.ts";
import {
  ACCESS_POLICY,
  type AccessRule,
  findAccessRule,
  requireAccessRules,
} from "../../../src/emulator/server/access-policy.ts";
import { createApp } from "../../../src/emulator/server/app.ts";
import { settingsOf } from "../../../src/emulator/tenant/settings.ts";
import { Tenants } from "../../../src/emulator/tenant/tenants.ts";
import { start } from "../../support/emulator/emulator.ts";

const origin = "http://localhost:3000";
const tenants = new Tenants({
  apiSecretKey: "sk_emulator_default",
  settings: settingsOf({}),
  origin: () => origin,
  fetch: () => Promise.reject(new Error("no request is sent")),
});
const { routes } = createApp(tenants, []);

/** The routes that are served, without those that only run before or after others. */
const served = [
  ...new Map(
    routes.filter(({ path }) => !path.endsWith("*")).map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  ).values(),
];

/** A request of a route, with values for its parameters. */
function requestOf({ method, path }: (typeof served)[number], headers: Record<string, string> = {}): Request {
  const hasBody = !["GET", "ALL"].includes(method);
  return new Request(origin + path.replaceAll(/:\w+/g, "x"), {
    method: method === "ALL" ? "GET" : method,
    headers: { "content-type": "application/json", ...headers },
    body: hasBody ? "{}" : null,
  });
}

function ruleOf(path: string): AccessRule {
  const rule = findAccessRule(path);
  if (!rule) throw new Error(`${path} has no rule`);
  return rule;
}

describe("the access policy", () => {
  it("has a rule for every route that is served", () => {
    expect(served.length).toBeGreaterThan(70);
    expect(routes.filter(({ path }) => !findAccessRule(path))).toEqual([]);
  });

  it("has no rule that covers no route", () => {
    const used = new Set(routes.map(({ path }) => findAccessRule(path)));
    expect(Object.entries(ACCESS_POLICY).filter(([, rule]) => !used.has(rule))).toEqual([]);
  });

  it("covers a path and the paths below it, and / only itself", () => {
    expect(findAccessRule("/v1/users/x")).toBe(ACCESS_POLICY["/v1"]);
    expect(findAccessRule("/v1/client")).toBe(ACCESS_POLICY["/v1/client"]);
    expect(findAccessRule("/v1/clients")).toBe(ACCESS_POLICY["/v1"]);
    expect(findAccessRule("/")).toBe(ACCESS_POLICY["/"]);
    for (const path of ["/v10", "/healthy", "//", "/users", ""]) expect(findAccessRule(path), path).toBeUndefined();
  });

  it("does not let the emulator start with a route that has no rule", () => {
    expect(() => requireAccessRules([{ method: "GET", path: "/metrics" }])).toThrow(
      "GET /metrics has no access rule: add one to server/access-policy.ts",
    );
  });

  it("keeps every rule that allows any host or any web page free of tenant data, or behind a token", () => {
    const open = Object.entries<AccessRule>(ACCESS_POLICY).filter(
      ([, { hosts, webPages }]) => hosts === "any" || webPages === "any",
    );
    expect(open.map(([path, { credential }]) => [path, credential])).toEqual([
      ["/health", "none"],
      ["/favicon.ico", "none"],
      ["/v1/client", "token of an action"],
      ["/v1/client/public", "none"],
    ]);
  });
});

describe.each(served)("$method $path", (route) => {
  const rule = ruleOf(route.path);
  const { emulator } = start({ origin });
  const overNetwork = fetchHandler(emulator);

  it("rejects foreign hosts over the network exactly if its rule says so", async () => {
    const { status } = await overNetwork(requestOf(route, { host: "evil.example" }));
    if (rule.hosts === "own") expect(status).toBe(403);
    else expect(status).not.toBe(403);
  });

  it("rejects requests of web pages of other sites over the network exactly if its rule says so", async () => {
    const { status } = await overNetwork(
      requestOf(route, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }),
    );
    const isForm = route.method === "POST";
    const isAllowed = rule.webPages === "any" || (rule.webPages === "no forms of other sites" && !isForm);
    if (isAllowed) expect(status).not.toBe(403);
    else expect(status).toBe(403);
  });

  it("rejects foreign hosts inside the process exactly if its rule says so", async () => {
    const { status } = await emulator.fetch(requestOf(route, { host: "evil.example" }));
    if (rule.isCheckedInProcess) expect(status).toBe(403);
    else expect(status).not.toBe(403);
  });

  it("requires the credential of its rule", async () => {
    const { status } = await overNetwork(requestOf(route));
    const isRequired = ["secret key", "Call Connect key", "token of an action"].includes(rule.credential);
    const isPage = route.path.startsWith("/challenge");
    if (isRequired && !isPage) expect(status).toBe(401);
    else expect(status).not.toBe(401);
  });
});
