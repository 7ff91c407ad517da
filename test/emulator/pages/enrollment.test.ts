import { parse } from "node-html-parser";
import { TOTP, URI } from "otpauth";
import { assert, describe, expect, it } from "vitest";
import { failureOf } from "../../support/clients.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { read, redirectUrl, startPages } from "../../support/emulator/pages.ts";

describe("the first page", () => {
  it("offers methods to enroll to a user without any", async () => {
    const { track, send } = startPages();
    const page = await read(await send((await track()).url));
    expect(page).toMatchObject({
      status: 200,
      heading: "Set up how to confirm it's you",
      screen: "enroll",
      token: undefined,
    });
    expect(page.about).toMatchObject({ "data-user": userId, "data-action": "signUp" });
    expect(
      page.document.querySelectorAll("form[data-form=enroll] [name=method]").map((one) => one.attributes.value),
    ).toEqual(["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"]);
    expect(page.document.querySelector("form[data-form=cancel] button")?.text).toBe("Not now");
  });

  it("offers more methods when the client requests it and the app allows it", async () => {
    const { track, send, authsignal } = startPages();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    const screen = async (added: string, scope?: string) => {
      const { screen, heading } = await read(await send((await track({ attributes: { scope } })).url + added));
      return [screen, heading];
    };
    expect(await screen("&force_enrollment=true", "add:authenticators")).toEqual([
      "enroll",
      "Set up how to confirm it's you",
    ]);
    expect(await screen("&force_enrollment=true")).toEqual(["end", "Nothing to set up"]);
    expect(await screen("&force_enrollment=false", "add:authenticators")).toEqual(["end", "Nothing to confirm"]);
    expect(await screen("")).toEqual(["end", "Nothing to confirm"]);
  });

  it("says that nothing can be set up, and links back to the app", async () => {
    const { track, send } = startPages({
      seed: { configurations: [{ verificationMethod: "SMS", isEditableByUser: false }] },
    });
    const { url, token } = await track();
    const page = await read(await send(url));
    expect(page).toMatchObject({
      heading: "Nothing to set up",
      screen: "end",
      back: expect.stringContaining(redirectUrl),
    });
    for (const path of ["/enroll", "/contact?method=SMS", "/codes", "/settings", "/remove?authenticator=x"]) {
      const response = await send(`/challenge${path}${path.includes("?") ? "&" : "?"}token=${token}`);
      expect([response.status, await response.text()], path).toEqual([303, ""]);
    }
  });

  it("can be skipped without a change", async () => {
    const { emulator, visit } = startPages();
    const walk = await visit();
    expect((await walk.cancel()).url).toMatch(/^http:\/\/localhost:3000\/callback\?order=1&token=/);
    expect((await (await visit()).continue()).url).toContain("http://localhost:3000/");
    const stranded = await visit({ attributes: { redirectUrl: "https://app.example.com/" } });
    const before = emulator.export();
    expect((await stranded.cancel()).url).toBeUndefined();
    expect([stranded.title, emulator.export()]).toEqual(["Nothing set up", before]);
  });
});

describe("a form for a contact", () => {
  it("is filled in with the known contact, and describes its format", async () => {
    const { track, send } = startPages();
    const { token } = await track({ attributes: { phoneNumber, email } });
    for (const [method, name, value, autocomplete] of [
      ["SMS", "phoneNumber", phoneNumber, "tel"],
      ["EMAIL_MAGIC_LINK", "email", email, "email"],
    ] as const) {
      const page = await read(await send(`/challenge/contact?token=${token}&method=${method}`));
      expect(page).toMatchObject({ screen: "contact", about: { "data-method": method } });
      const input = page.document.querySelector(`#${name}`);
      expect(input?.attributes).toMatchObject({ name, value, autocomplete, "aria-describedby": "hint" });
      expect(page.document.querySelector(`label[for=${name}]`)).not.toBeNull();
    }
  });

  it("keeps the entered contact when it is rejected, and says why", async () => {
    const { track, post } = startPages();
    const { token } = await track();
    const typed = `"><img src=x>`;
    const page = await read(await post("/enroll", { token, method: "SMS", phoneNumber: typed }));
    expect(page).toMatchObject({ status: 400, screen: "contact", problem: expect.stringContaining("+64270000000") });
    expect(page.document.querySelector("#phoneNumber")?.attributes).toMatchObject({
      "aria-invalid": "true",
      "aria-describedby": "problem hint",
    });
    expect(page.text).not.toContain("<img");
    expect(page.text).toContain("&quot;&gt;&lt;img src=x&gt;");
  });

  it.each([
    ["rate-limited", 429, "Too many messages were sent. Wait a minute, or use another method."],
    ["undeliverable", 502, "The message could not be delivered. Use another method."],
  ])("says that an address is %s", async (trouble, status, problem) => {
    const { track, post } = startPages();
    const { token } = await track();
    const to = `${trouble}@emulator.test`;
    const page = await read(await post("/enroll", { token, method: "EMAIL_OTP", email: to }));
    expect(page).toMatchObject({ status, problem, screen: "contact" });
    expect(page.document.querySelector("#email")?.getAttribute("value")).toBe(to);
    expect(page.document.querySelector("[data-link=another]")).not.toBeNull();
  });

  it("links to the other methods", async () => {
    const { visit } = startPages();
    const walk = await visit();
    expect(await failureOf(walk.enroll("SMS"))).toMatchObject({
      message: expect.stringContaining("international form"),
    });
    expect(walk.screen).toBe("contact");
    await walk.enroll("PASSKEY");
    expect(walk.screen).toBe("enter");
  });
});

describe("an authenticator app", () => {
  it("is set up by a QR code, a key or a link", async () => {
    const { visit, send } = startPages();
    const walk = await visit({ user: `a&b"<i>` });
    await walk.enroll("AUTHENTICATOR_APP");
    expect(walk.title).toBe("Set up your authenticator app");
    expect(walk.otpUri).toMatch(/^otpauth:\/\/totp\//);
    expect(new URL(`${walk.otpUri}`).searchParams.get("secret")).toBe(walk.secret);
    const { document, text } = await read(await send(walk.url));
    expect(document.querySelector("svg[role=img]")?.getAttribute("aria-label")).toContain("QR code");
    expect(document.querySelector(".secret")?.text.replaceAll(" ", "")).toBe(walk.secret);
    expect(text).not.toContain("<i>");
  });

  it("shows no secret after its enrollment", async () => {
    const { emulator, visit, send } = startPages();
    const walk = await visit();
    await walk.enroll("AUTHENTICATOR_APP");
    const { url, secret } = walk;
    const totp = URI.parse(`${walk.otpUri}`);
    assert(totp instanceof TOTP);
    await walk.enter(totp.generate({ timestamp: emulator.clock.milliseconds }));
    const again = await send(url);
    expect([again.status, (await again.text()).includes(`${secret}`)]).toEqual([303, false]);
  });
});

describe("recovery codes", () => {
  it("are shown once", async () => {
    const { track, post, send } = startPages();
    const { token } = await track();
    const { headers } = await post("/enroll", { token, method: "PASSKEY" });
    const challenge = new URL(headers.get("location") ?? "", "http://x").searchParams.get("challenge") ?? "";
    const page = await read(await post("/simulate", { token, challenge, answer: "approve" }));
    expect(page).toMatchObject({ status: 200, screen: "codes", heading: "Save your recovery codes" });
    const codes = page.document.querySelectorAll("[data-code]").map((item) => item.text);
    expect(codes).toHaveLength(8);
    for (const response of [
      await post("/simulate", { token, challenge, answer: "approve" }),
      await post("/codes", { token }),
      await send(`/challenge/codes?token=${token}`),
      await send(`/challenge/enter?token=${token}&challenge=${challenge}`),
      await post("/saved", { token }),
    ]) {
      expect(response.status).toBe(303);
      expect(response.headers.get("location")).toMatch(/^http:\/\/localhost:3000\/callback/);
      expect(await response.text()).toBe("");
    }
  });

  it("are created by a form only, also after a confirmation in another window", async () => {
    const { emulator, track, post, send } = startPages();
    const { token } = await track();
    const { headers } = await post("/enroll", { token, method: "EMAIL_MAGIC_LINK", email });
    await (await emulator.visit(`${emulator.outbox.last()?.url}`)).approve();
    const { headers: next } = await send(`${headers.get("location")}&answered=true`);
    const before = emulator.export();
    const page = await read(await send(next.get("location") ?? ""));
    expect(page).toMatchObject({ screen: "codes", heading: "Your method is set up" });
    expect(page.document.querySelector("form[data-form=codes] button")?.text).toBe("Show recovery codes");
    expect(emulator.export()).toEqual(before);
    expect((await read(await post("/codes", { token }))).document.querySelectorAll("[data-code]")).toHaveLength(8);
  });
});

describe("every page", () => {
  it("links to pages below the path of the emulator", async () => {
    const { emulator, visit, send } = startPages({ origin: "http://localhost:3000/authsignal" });
    const walk = await visit({ attributes: { redirectToSettings: true } });
    const look = async () => {
      const addresses = parse(await (await send(walk.url)).text())
        .querySelectorAll("[href], [action]")
        .map(({ attributes: { href, action } }) => href ?? action ?? "");
      const inside = addresses.filter((address) => !/^(data|otpauth):|callback/.test(address));
      expect(inside.length).toBeGreaterThan(0);
      for (const address of inside) expect(address).toMatch(/^\/authsignal\//);
    };
    await look();
    await walk.enroll("SMS", { phoneNumber });
    await look();
    await walk.enter(CODE);
    expect(walk.url).toContain("http://localhost:3000/authsignal/challenge/settings?");
    await look();
    await walk.enroll("EMAIL_MAGIC_LINK", { email });
    await (await walk.open((await emulator.outbox.waitFor({ to: email })).url)).approve();
    expect((await walk.continue()).url).toMatch(/^http:\/\/localhost:3000\/callback/);
  });

  it("that waits for a message links to the inspector", async () => {
    const { emulator, visit, send } = startPages();
    const walk = await visit();
    const linkOn = async () => (await read(await send(walk.url))).document.querySelector("[data-link=inspector]");
    expect(await linkOn()).toBeNull();
    await walk.enroll("SMS", { phoneNumber });
    expect((await linkOn())?.attributes).toMatchObject({
      href: `/?tenant=${emulator.tenantId}#outbox`,
      target: "_blank",
      rel: "noopener",
    });
  });

  it("names its kind and subject in attributes for programs", async () => {
    const { authsignal, visit, send, emulator } = startPages();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    const walk = await visit({ action });
    const about = async () => (await read(await send(walk.url))).about;
    expect(await about()).toEqual({ "data-screen": "choose", "data-action": action, "data-user": userId });
    await walk.choose("SMS");
    const { challengeId } = await emulator.outbox.waitFor({ to: phoneNumber });
    expect(await about()).toMatchObject({
      "data-screen": "enter",
      "data-method": "SMS",
      "data-challenge": challengeId,
    });
  });
});
