import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { read, startPages } from "../../support/emulator/pages.ts";

const app = "http://localhost:5173";
const POPUP = "&mode=popup";

const seed = {
  authenticators: [
    { userId, verificationMethod: "SMS" as const, phoneNumber },
    { userId, verificationMethod: "EMAIL_OTP" as const, email: "rate-limited@emulator.test" },
  ],
};

function start(options: Parameters<typeof startPages>[0] = {}) {
  const started = startPages({ seed, ...options });
  const { send, track } = started;
  /** Opens a popup from a page, or without a Referer. */
  const open = async (referer: string | undefined, tracked: Parameters<typeof track>[0] = { action }, more = "") => {
    const { url, token } = await track(tracked);
    const headers: Record<string, string> = referer === undefined ? {} : { referer };
    return { token, response: await send(`${url}${POPUP}${more}`, { headers }) };
  };
  /** Sends a form as a page in a popup does: its URL contains the app. */
  const submit = (path: string, fields: Record<string, string>, origin = app) =>
    started.post(`${path}?${new URLSearchParams({ mode: "popup", app: origin })}`, fields);
  return { ...started, open, submit };
}

function ancestorsOf({ headers }: Response): string | undefined {
  return /frame-ancestors ([^;]*)/.exec(headers.get("content-security-policy") ?? "")?.[1];
}

describe("a popup", () => {
  it("may be framed by the page that has opened it, on every page", async () => {
    const { open, send, submit } = start();
    const { response, token } = await open(`${app}/account?secret=1`);
    expect(ancestorsOf(response)).toBe(app);
    const page = await read(response);
    expect(page.about).toMatchObject({ "data-app": app, "data-screen": "choose" });
    expect(page.text).not.toContain("secret=1");
    const form = page.document.querySelector("form[data-form=choose]")?.getAttribute("action");
    expect(form).toBe(`/challenge/start?mode=popup&app=${encodeURIComponent(app)}`);
    const next = (await submit("/start", { token, method: "SMS" })).headers.get("location") ?? "";
    const enter = await send(next);
    expect(ancestorsOf(enter)).toBe(app);
    expect((await read(enter)).about).toMatchObject({ "data-app": app, "data-screen": "enter" });
  });

  it("runs its own script and no other", async () => {
    const { open, send, track } = start();
    const { response } = await open(app);
    const { document } = await read(response);
    const scripts = document.querySelectorAll("script");
    expect(scripts).toHaveLength(1);
    const hash = createHash("sha256").update(`${scripts[0]?.innerHTML}`).digest("base64");
    expect(response.headers.get("content-security-policy")).toContain(`script-src 'sha256-${hash}';`);
    expect(document.toString()).not.toMatch(/ on\w+=|javascript:/i);
    const plain = await send((await track({ action })).url, { headers: { referer: app } });
    expect(plain.headers.get("content-security-policy")).not.toContain("script-src");
    expect((await read(plain)).document.querySelectorAll("script, [data-close], [data-app]")).toEqual([]);
  });

  it("takes the app from the redirectUrl without a Referer", async () => {
    const { open } = start();
    const { response } = await open(undefined, { action, attributes: { redirectUrl: "http://127.0.0.1:8080/a" } });
    expect(ancestorsOf(response)).toBe("http://127.0.0.1:8080");
  });

  it("may be opened by allowed redirect origins and allowed hosts", async () => {
    const { open } = start({ allowedRedirects: ["https://app.example.com"], allowedHosts: ["dev.example.com"] });
    for (const origin of [
      "https://app.example.com",
      "http://dev.example.com:3000",
      "http://[::1]:1",
      "http://a.localhost",
    ]) {
      expect(ancestorsOf((await open(`${origin}/x`)).response), origin).toBe(origin);
    }
  });

  it.each([
    "https://evil.example/",
    "http://app.example.com/",
    "https://app.example.com:444/",
    "https://app.example.com.evil.example/",
    "http://localhost.evil.example/",
    "null",
    "data:text/html,x",
  ])("is rejected for %s", async (referer) => {
    const { open, send, track } = start({ allowedRedirects: ["https://app.example.com"] });
    const { url } = await track({ action });
    for (const response of [
      (await open(referer)).response,
      await send(`${url}${POPUP}&app=${encodeURIComponent(referer)}`, { headers: { referer: app } }),
    ]) {
      expect(ancestorsOf(response), "so that the page in the frame says why").toBeUndefined();
      const page = await read(response);
      expect(page).toMatchObject({
        status: 403,
        heading: "This popup is not allowed",
        screen: "problem",
        token: undefined,
      });
      expect(page.document.querySelectorAll("script, form, [data-app]")).toEqual([]);
      expect(page.problem).toMatch(/allowedRedirects \(--allow-redirect\)|Track the action with a redirectUrl/);
    }
  });

  it("takes only the origin from the query", async () => {
    const { open } = start();
    for (const referer of ["http://localhost:1/;script-src *", "http://user:secret@localhost:1/?a#b"]) {
      const { response } = await open(referer);
      expect(ancestorsOf(response)).toBe("http://localhost:1");
      expect(response.headers.get("content-security-policy")).not.toMatch(/\*|secret/);
    }
  });

  it("is rejected when the opener is unknown, and says what to do", async () => {
    const { authsignal, emulator, send } = start();
    for (const redirectUrl of [undefined, "myapp://done"]) {
      const { url } = await authsignal.track({ userId, action, attributes: { redirectUrl } });
      const page = await read(await send(url + POPUP));
      expect(page).toMatchObject({ status: 403, problem: expect.stringContaining("redirectUrl") });
    }
    expect(emulator.outbox.list()).toEqual([]);
  });

  it("closes with a token instead of a redirect", async () => {
    const { authsignal, open, submit, send } = start();
    const { token } = await open(app);
    const { headers } = await submit("/start", { token, method: "SMS" });
    const challenge = new URL(headers.get("location") ?? "", app).searchParams.get("challenge") ?? "";
    const { status, headers: next } = await submit("/enter", { token, challenge, code: CODE });
    expect([status, next.get("location")]).toEqual([303, expect.stringMatching(/^\/challenge\/end\?/)]);
    const end = await read(await send(next.get("location") ?? ""));
    expect(end).toMatchObject({ heading: "Confirmed", back: undefined, about: { "data-closes": "with token" } });
    expect(end.text).not.toContain("localhost:3000");
    const validated = await authsignal.validateChallenge({ action, token: `${end.token}` });
    expect(validated).toMatchObject({ isValid: true, verificationMethod: "SMS" });
  });

  it("closes without a token when the user cancels", async () => {
    const { open, submit } = start();
    const { token } = await open(app);
    const page = await read(await submit("/cancel", { token }));
    expect(page).toMatchObject({ heading: "Canceled", about: { "data-closes": "without token", "data-app": app } });
    const other = await open(app, { user: "usr_new" });
    const skipped = await read(await submit("/cancel", { token: other.token }));
    expect(skipped).toMatchObject({ heading: "Nothing set up", about: { "data-closes": "without token" } });
  });

  it("stays open where there is something to read", async () => {
    const { emulator, open } = start();
    for (const [outcome, heading] of [
      ["ALLOW", "Nothing to confirm"],
      ["BLOCK", "Blocked"],
      ["REVIEW", "Under review"],
    ] as const) {
      emulator.rules.set(outcome, outcome);
      const page = await read((await open(app, { action: outcome })).response);
      expect(page).toMatchObject({ heading, back: undefined });
      expect(page.about["data-closes"]).toBeUndefined();
      expect(page.document.querySelector("button[data-close]")?.attributes).toMatchObject({
        type: "button",
        hidden: "",
      });
    }
  });

  it("closes from the settings", async () => {
    const { open, send } = start();
    const { response } = await open(app, { attributes: { redirectToSettings: true, scope: "add:authenticators" } });
    const { document, screen } = await read(response);
    const done = document.querySelector("[data-link=done]")?.getAttribute("href") ?? "";
    expect([screen, done]).toEqual(["settings", expect.stringMatching(/^\/challenge\/end\?.*&mode=popup&app=http/)]);
    expect((await read(await send(done))).about).toMatchObject({ "data-closes": "with token" });
  });

  it("sends the error code of a rejected form to the app", async () => {
    const { emulator, open, submit, send } = start();
    const { token, response } = await open(app);
    const limited = await read(await submit("/start", { token, method: "EMAIL_OTP" }));
    expect(limited.about).toMatchObject({ "data-code": "too_many_requests", "data-status": "429" });
    const other = await open(app, { user: "usr_new" });
    const forbidden = await read(
      await submit("/enroll", { token: other.token, method: "EMAIL_OTP", email: "undeliverable@emulator.test" }),
    );
    expect(forbidden.about).toMatchObject({ "data-code": "delivery_failed", "data-status": "502" });
    const invalid = await read(await send(`/challenge?token=x${POPUP}`, { headers: { referer: app } }));
    expect(invalid.about).toMatchObject({ "data-code": "unauthorized", "data-status": "401" });
    expect(invalid.document.querySelector("button[data-close]")).not.toBeNull();
    emulator.clock.advance("11m");
    const expired = await read(await submit("/start", { token, method: "SMS" }));
    expect(expired.about).toMatchObject({ "data-code": "expired_token", "data-status": "401" });
    expect((await read(response)).about["data-code"]).toBeUndefined();
  });

  it("sends no error to the app for a wrong code", async () => {
    const { open, submit } = start();
    const { token } = await open(app);
    const { headers } = await submit("/start", { token, method: "SMS" });
    const challenge = new URL(headers.get("location") ?? "", app).searchParams.get("challenge") ?? "";
    const wrong = await read(await submit("/enter", { token, challenge, code: "0" }));
    expect(wrong).toMatchObject({ status: 422, problem: "This code is wrong or has expired." });
    expect(wrong.about["data-code"]).toBeUndefined();
  });

  it("sets no cookies, and needs the mode popup", async () => {
    const { open, track, send } = start();
    const { response } = await open(app);
    expect(response.headers.get("set-cookie")).toBeNull();
    const { url } = await track({ action });
    for (const mode of ["redirect", "POPUP", "popup%20", ""]) {
      const other = await send(`${url}&mode=${mode}`, { headers: { referer: app } });
      expect([ancestorsOf(other), (await read(other)).about["data-app"]], mode).toEqual(["'none'", undefined]);
    }
  });

  it("lets a link in a message be confirmed outside of it", async () => {
    const { emulator, open, submit, send } = start();
    const { token } = await open(app, { user: "usr_new" });
    const { headers } = await submit("/enroll", { token, method: "EMAIL_MAGIC_LINK", email });
    const link = await emulator.visit(`${emulator.outbox.last()?.url}`);
    await link.approve();
    expect(new URL(link.url).searchParams.has("mode")).toBe(false);
    const { headers: next } = await send(`${headers.get("location")}&answered=true`);
    const codes = await read(await send(next.get("location") ?? ""));
    expect(codes).toMatchObject({ screen: "codes", about: { "data-app": app } });
  });
});
