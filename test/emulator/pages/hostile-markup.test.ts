import type { HTMLElement } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import type { Seed } from "../../../src/emulator/index.ts";
import { Authsignal, AuthsignalError, CallConnect } from "../../../src/index.ts";
import { allCalls, invoke } from "../../contract/calls.ts";
import { seed } from "../../contract/emulated-seed.ts";
import { CODE, call, clientOf } from "../../support/emulator/emulator.ts";
import { type Answer, harmless, MARKUP, markup } from "../../support/emulator/markup.ts";

const ESCAPED = encodeURIComponent(MARKUP);

/** Requests a page as a browser does, and checks the response. */
const ask = async ({ fetch, origin }: Emulator, address: string, init: RequestInit = {}): Promise<Answer> =>
  harmless(await fetch(new URL(address, origin), { headers: { accept: "text/html" }, redirect: "manual", ...init }));

const post = (emulator: Emulator, address: string, fields: Record<string, string>, headers = {}): Promise<Answer> =>
  ask(emulator, address, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { accept: "text/html", ...headers },
  });

/** Returns every path of a value that could hold a text. */
function placesIn(value: unknown): { owner: object; name: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    { owner: value, name },
    ...placesIn(inner),
    ...(typeof inner === "object" && inner !== null && !Array.isArray(inner) ? [{ owner: inner, name: MARKUP }] : []),
  ]);
}

/** Yields copies of a value, each with markup in another place, or under a name that is markup. */
function spoilt(value: unknown): unknown[] {
  return placesIn(value).map((_place, index) => {
    const copy: unknown = structuredClone(value);
    const place = placesIn(copy)[index];
    if (place) Reflect.set(place.owner, place.name, markup(place.name));
    return copy;
  });
}

describe("markup in a call", () => {
  it.each(allCalls)("stays a text in every field of %s", async (name, { requests }) => {
    const emulator = createEmulator({ seed, limits: false });
    const fetch = async (request: Request) => {
      const response = await emulator.fetch(request);
      await harmless(response.clone());
      return response;
    };
    const { apiSecretKey, callConnectSecretKey, apiUrl, origin } = emulator;
    const connect = new CallConnect({ apiSecretKey: callConnectSecretKey, apiUrl: origin, fetch, retries: 0 });
    const client = name in connect ? connect : new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
    for (const request of Object.values(requests).flatMap(spoilt)) {
      await invoke(client, name, request).catch((error: unknown) => {
        if (!(error instanceof AuthsignalError)) throw error;
        expect(error.errorCode).not.toBe("network_error");
      });
    }
    const isShown = emulator.requests.list().some((request) => JSON.stringify(request).includes("mark-up"));
    const { document } = await ask(emulator, "/");
    expect(/<mark-up|%3Cmark-up/.test(document?.text ?? "")).toBe(isShown);
    expect(emulator.requests.list().filter(({ status }) => status === 500)).toEqual([]);
  });

  it("stays a text in responses of webhooks and in faults", async () => {
    const answers = (): Response => {
      const headers = { "content-type": "text/html" };
      return new Response(markup("response"), { status: 500, headers });
    };
    const emulator = createEmulator({
      fetch: answers,
      otp: () => markup("code"),
      webhooks: { url: "http://app.test/" },
    });
    const authsignal = clientOf(emulator);
    const userId = markup("userId");
    await emulator.webhooks.sendSample("sms.created");
    await authsignal
      .challenge({ verificationMethod: "EMAIL_OTP", email: "jo@example.com", action: "a" })
      .catch(() => {});
    emulator.webhooks.configure({ urls: { "action.log_created": `http://app.test/?${MARKUP}#${MARKUP}` } });
    await authsignal.challenge({ verificationMethod: "EMAIL_OTP", email: "jo@example.com", action: "a" });
    await authsignal.track({ userId, action: "a" });
    await emulator.webhooks.flushLogs();
    emulator.faults.add({ times: 1, status: 503, body: markup("fault"), headers: { "x-fault": "a" } });
    await authsignal.getUser({ userId }).catch(() => {});
    emulator.rules.add({ name: markup("rule"), userId, where: { custom: { [markup("key")]: 1 } }, outcome: "REVIEW" });
    emulator.rules.next({ action: markup("next"), outcome: "BLOCK" });
    emulator.clock.freeze();
    const { document } = await ask(emulator, "/");
    for (const name of ["response", "code", "userId", "rule", "key", "next"]) {
      expect(document?.querySelector("main")?.text).toMatch(new RegExp(`${name}.{0,2}'><mark-up`));
    }
  });

  it("stays a text in the address, the host, the key and the type of a request", async () => {
    const emulator = createEmulator();
    for (const path of [
      `/${ESCAPED}`,
      `/v1/${ESCAPED}?${ESCAPED}=${ESCAPED}`,
      `/_emulator/${ESCAPED}`,
      `/call/${ESCAPED}`,
    ]) {
      await ask(emulator, path);
      await ask(emulator, path, { method: "POST", body: MARKUP, headers: { "content-type": "text/html" } });
    }
    for (const path of [
      `/?tenant=${ESCAPED}`,
      `/_inspector/live?tenant=${ESCAPED}`,
      `/_inspector/open?action=${ESCAPED}`,
    ]) {
      expect((await ask(emulator, path)).status).toBe(404);
    }
    for (const path of [
      `/challenge/${ESCAPED}`,
      `/challenge/link?tenant=${ESCAPED}&key=${ESCAPED}`,
      `/challenge?token=${ESCAPED}`,
    ]) {
      expect((await ask(emulator, path)).document?.querySelector("main")?.getAttribute("data-screen")).toBe("problem");
    }
    for (const path of ["/", "/challenge", "/_inspector/live", "/_emulator/clock"]) {
      expect((await ask(emulator, path, { headers: { host: MARKUP, accept: "text/html" } })).status).toBe(403);
    }
    await call(emulator, "GET /users/jo", { key: `sk_emulator_${MARKUP}` });
    const { document } = await ask(emulator, "/");
    expect(document?.text).toContain("/v1/%22'%3E%3Cmark-up");
  });

  it("stays a text in every form of the inspector", async () => {
    const emulator = createEmulator({ seed, webhooks: { url: "http://app.test/" }, fetch: () => new Response() });
    emulator.rules.add({ outcome: "REVIEW", action: "a" });
    await clientOf(emulator).track({ userId: "jo", action: "a" });
    emulator.rules.next("BLOCK");
    emulator.faults.add({ status: 500 });
    const { document } = await ask(emulator, "/");
    const forms = document?.querySelectorAll("form") ?? [];
    const names = new Set(forms.map((form) => form.getAttribute("data-form")));
    expect(names.size).toBeGreaterThan(15);
    for (const form of forms) {
      const fields = [...form.querySelectorAll("input, select, textarea, button[name]")];
      for (const field of fields) {
        const all = { ...valuesOf(fields), [field.getAttribute("name") ?? ""]: markup("field") };
        await post(emulator, form.getAttribute("action") ?? "", all);
      }
      await ask(emulator, "/");
    }
    expect((await post(emulator, `/_inspector/${ESCAPED}`, { tenant: emulator.tenantId })).status).toBe(422);
  });
});

function valuesOf(fields: readonly HTMLElement[]): Record<string, string> {
  const known = fields.map((field) => [
    field.getAttribute("name") ?? "",
    field.getAttribute("value") ??
      field.querySelector("option")?.getAttribute("value") ??
      field.querySelector("option")?.text ??
      "",
  ]);
  return Object.fromEntries(known);
}

/** The kinds of pages. */
const SCREENS = ["choose", "codes", "contact", "end", "enroll", "enter", "link", "problem", "remove", "settings"];

/** The pages and forms that were visited. */
interface Found {
  readonly screens: Set<string>;
  readonly words: string[];
}

describe("markup on challenge pages", () => {
  const userId = markup("userId");
  const actionOf = (
    actionId: string,
    more: { state: string; scope?: string; redirectUrl?: string; redirectToSettings?: boolean },
  ) => ({
    userId,
    actionCode: markup("action"),
    idempotencyKey: markup(actionId),
    actionId,
    redirectUrl: `http://localhost:3000/?${MARKUP}#${MARKUP}`,
    userAgent: MARKUP,
    ipAddress: MARKUP,
    deviceId: MARKUP,
    locale: MARKUP,
    ...more,
  });
  const scope = "add:authenticators remove:authenticators";
  const contact = { email: markup("email"), phoneNumber: markup("phone") };
  const rows: Seed = {
    users: [
      { userId, displayName: MARKUP, username: MARKUP, locale: MARKUP, ...contact, custom: { [MARKUP]: MARKUP } },
      { userId: markup("unenrolled") },
    ],
    authenticators: [
      { userId, verificationMethod: "EMAIL_OTP", email: markup("email") },
      { userId, verificationMethod: "SMS", phoneNumber: "+64270000000" },
      { userId, verificationMethod: "EMAIL_MAGIC_LINK", email: markup("email") },
      {
        userId,
        verificationMethod: "PASSKEY",
        credentialId: MARKUP,
        credentialPublicKey: MARKUP,
        name: markup("name"),
      },
      { userId, verificationMethod: markup("method"), name: markup("name") },
    ],
    recoveryCodes: [{ userId, code: MARKUP }],
    actions: [
      actionOf("waiting", { state: "CHALLENGE_REQUIRED" }),
      actionOf("again", { state: "CHALLENGE_REQUIRED", scope }),
      actionOf("far", { state: "CHALLENGE_REQUIRED", redirectUrl: `https://app.example.com/${MARKUP}` }),
      actionOf("strange", { state: "CHALLENGE_REQUIRED", redirectUrl: MARKUP }),
      actionOf("settings", { state: "CHALLENGE_SUCCEEDED", redirectToSettings: true, scope }),
      actionOf("enrolling", { state: "ALLOW", scope }),
      { ...actionOf("first", { state: "ALLOW", scope }), userId: markup("unenrolled") },
      actionOf("over", { state: markup("state") }),
    ],
  };

  /** Opens every page behind links and forms, with valid values in the fields, and with markup. */
  async function crawl(emulator: Emulator, start: string, { screens, words }: Found): Promise<void> {
    const seen = new Set<string>();
    const queue: (() => Promise<Answer>)[] = [];
    const visit = (key: string, way: () => Promise<Answer>) => {
      if (seen.has(key)) return;
      seen.add(key);
      queue.push(way);
    };
    const open = (address: string) => {
      if (/^\/challenge/.test(address)) visit(address.replaceAll(/token=[^&]*/g, ""), () => ask(emulator, address));
    };
    open(start);
    for (let way = queue.shift(); way; way = queue.shift()) {
      const { document, location } = await way();
      if (location !== undefined) open(location);
      const main = document?.querySelector("main");
      const screen = main?.getAttribute("data-screen") ?? "";
      if (main) screens.add(screen);
      words.push(main?.text ?? "");
      for (const link of main?.querySelectorAll("a") ?? []) open(link.getAttribute("href") ?? "");
      for (const form of main?.querySelectorAll("form") ?? []) {
        const fields = valuesOf(form.querySelectorAll("input"));
        const action = form.getAttribute("action") ?? "";
        const buttons = form.querySelectorAll("button[name]").map((button) => button.getAttribute("value") ?? "");
        const good = {
          ...fields,
          ...("code" in fields && { code: CODE }),
          ...("email" in fields && { email: "a@b.example" }),
        };
        const bad = Object.keys(fields).filter((name) => name !== "token");
        const all = [
          ...bad.map((name) => ({ ...fields, [name]: markup(name) })),
          ...(buttons.length > 0 ? buttons.map((answer) => ({ ...good, answer })) : [good]),
        ];
        for (const one of all) {
          const { token: _token, challenge: _challenge, ...rest } = { token: "", challenge: "", ...one };
          visit(`${screen} ${action} ${JSON.stringify(rest)}`, () => post(emulator, action, one));
        }
      }
    }
  }

  it.each([
    ["as it is", ""],
    ["in a popup", "&mode=popup"],
    ["with markup in its address", `&mode=${ESCAPED}&force_enrollment=true&app=${ESCAPED}`],
  ])("stays a text on each of them, %s", async (_name, added) => {
    const found: Found = { screens: new Set(), words: [] };
    for (const { actionId = "" } of rows.actions ?? []) {
      const emulator = createEmulator({ limits: false, singleUseTokens: false });
      emulator.import({ ...seed, configurations: undefined, ...rows });
      const { location } = await ask(emulator, `/_inspector/open?action=${actionId}`);
      await crawl(emulator, `${location}${added}`, found);
      for (const { url = "" } of emulator.outbox.list()) await crawl(emulator, url.replace(emulator.origin, ""), found);
      await ask(emulator, "/");
    }
    expect([...found.screens].sort()).toEqual(SCREENS);
    const words = found.words.join("\n");
    for (const name of ["userId", "unenrolled", "action", "name", "method", "state"])
      expect(words).toContain(markup(name));
  });
});
