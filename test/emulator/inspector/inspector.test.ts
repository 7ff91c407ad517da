import { describe, expect, it } from "vitest";
import { version } from "../../../generated/version.ts";
import { sampleSeed } from "../../../src/emulator/tenant/sample.ts";
import { basic, CODE, call } from "../../support/emulator/emulator.ts";
import { inspect, textOf, trackWaiting } from "../../support/emulator/inspector.ts";

describe("the inspector", () => {
  it("is one accessible page with a heading for each panel, and loads nothing", async () => {
    const { emulator, open } = inspect();
    emulator.import(sampleSeed(emulator));
    const { status, document, text } = await open();
    expect(status).toBe(200);
    expect(document.querySelector("html")?.getAttribute("lang")).toBe("en");
    expect(document.querySelectorAll("h1").map(({ text }) => text)).toEqual(["Authsignal emulator"]);
    expect(document.querySelectorAll("h2").map(({ text }) => text)).toEqual([
      ...["Actions", "Requests", "Outbox", "Users", "Webhooks", "Rules", "Time", "Fail the next call", "Connect"],
      "Reset",
    ]);
    for (const section of document.querySelectorAll("section")) {
      expect(document.querySelector(`#${section.getAttribute("aria-labelledby")}`)?.tagName).toBe("H2");
    }
    for (const link of document.querySelectorAll("nav a")) {
      expect(document.querySelector(link.getAttribute("href") ?? "")?.tagName).toBe("SECTION");
    }
    for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      expect(field.closest("label"), field.outerHTML).not.toBeNull();
    }
    expect(text).not.toMatch(/ src=| on\w+="|style="|@import|url\(/);
    expect(document.querySelector("link[rel=icon]")?.getAttribute("href")).toMatch(/^data:/);
  });

  it("gives each section that can be opened a key of its own", async () => {
    const { emulator, open } = inspect();
    emulator.import(sampleSeed(emulator));
    await trackWaiting(emulator);
    const keys = (await open()).document.querySelectorAll("details").map((one) => one.getAttribute("data-key"));
    expect(keys.length).toBeGreaterThan(30);
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("returns the addresses of the emulator to programs", async () => {
    const { emulator, at } = inspect();
    const response = await emulator.fetch(at("/"));
    expect(await response.json()).toEqual({
      name: "authsignal-emulator",
      version,
      apiUrl: emulator.apiUrl,
      inspectorUrl: `${emulator.origin}/`,
      control: `${emulator.origin}/_emulator`,
      health: `${emulator.origin}/health`,
    });
  });

  it("has an inline icon, and no favicon", async () => {
    const { emulator, at } = inspect();
    expect((await emulator.fetch(at("/favicon.ico"))).status).toBe(204);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("says what to do in empty panels", async () => {
    const { emulator, open } = inspect();
    const { texts, part, document } = await open();
    const command = `curl -u ${emulator.apiSecretKey}: \\\n  ${emulator.apiUrl}/users/jo/actions/withdraw`;
    expect(part("actions").querySelector("[data-copy]")?.getAttribute("data-copy")).toContain(command);
    expect(texts("outbox")).toContain("Codes and links appear here");
    expect(texts("requests")).toContain(`curl -u ${emulator.apiSecretKey}: ${emulator.apiUrl}/users/jo`);
    expect(texts("users")).toContain("There are no users.");
    expect(texts("webhooks")).toContain("No event has a URL");
    expect(texts("rules")).toContain("anything else ALLOW");
    expect(document.querySelector("#actions form[data-form=sample]")).not.toBeNull();
  });

  it("shows how to connect", async () => {
    const { emulator, open } = inspect();
    const { part } = await open();
    const copies = part("connect")
      .querySelectorAll("[data-copy]")
      .map((one) => one.getAttribute("data-copy") ?? "");
    expect(copies.slice(0, 3)).toEqual([emulator.apiUrl, emulator.apiSecretKey, emulator.tenantId]);
    expect(copies).toContainEqual(
      expect.stringContaining(`tenantId: "${emulator.tenantId}",\n  baseUrl: "${emulator.apiUrl}"`),
    );
    expect(copies).toContain(emulator.callConnectSecretKey);
  });

  it("shows the timeline of an action", async () => {
    const { emulator, authsignal, open } = inspect();
    const { url } = await trackWaiting(emulator);
    const steps = async () => (await open()).part("actions").querySelectorAll("li.step").map(textOf);
    const time = String.raw`\d\d:\d\d:\d\d`;
    expect(await steps()).toEqual([
      expect.stringMatching(`^Tracked · withdraw → CHALLENGE ${time}$`),
      "Waits for jo to confirm",
    ]);

    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    expect(await steps()).toEqual([
      expect.stringMatching("^Tracked"),
      expect.stringMatching(`^Text message sent to \\+64270000000 ${CODE} Copy code ${time}$`),
      "Waits for jo to confirm",
    ]);

    const { token } = await visit.enter(CODE);
    await authsignal.validateChallenge({ token });
    await authsignal.validateChallenge({ token });
    expect((await steps()).slice(2)).toEqual([
      expect.stringMatching(`^Code entered ${time}$`),
      expect.stringMatching(`^Challenge succeeded with Text message ${time}$`),
      expect.stringMatching(`^Token validated ${time}$`),
      expect.stringMatching(`^Token not valid Token has been used already\\. ${time}$`),
    ]);
    expect((await open()).texts("actions")).toContain("Challenge succeeded");
  });

  it("links from an action that waits to its challenge page", async () => {
    const { emulator, open, at } = inspect();
    await trackWaiting(emulator);
    const href = (await open()).part("actions").querySelector("a.main")?.getAttribute("href") ?? "";
    const response = await emulator.fetch(at(href), { redirect: "manual" });
    expect(response.status).toBe(303);
    const visit = await emulator.visit(at(response.headers.get("location") ?? "").href);
    expect(visit.methods).toContain("SMS");
    expect((await emulator.fetch(at("/_inspector/open?action=nothing"))).status).toBe(404);
  });

  it("says why a user without methods was allowed", async () => {
    const { emulator, authsignal, open } = inspect();
    emulator.rules.set("withdraw", "CHALLENGE");
    await authsignal.track({ userId: "jo", action: "withdraw" });
    const { texts } = await open();
    expect(texts("actions")).toContain("Allowed, because jo has nothing enrolled (the rule said CHALLENGE)");
    expect(texts("actions")).toContain("Open the page to enroll");
  });

  it("shows an unclaimed challenge, and wrong codes", async () => {
    const { authsignal, open } = inspect();
    const attributes = { verificationMethod: "SMS", action: "signIn", phoneNumber: "+64270000001" } as const;
    const { challengeId } = await authsignal.challenge(attributes);
    await authsignal.verify({ challengeId, verificationCode: "000000" });
    const { texts } = await open();
    expect(texts("actions")).toMatch(/signIn no user yet Not claimed/);
    expect(texts("actions")).toMatch(/Wrong code entered \d\d:/);
    expect(texts("requests")).toContain("Not verified: CODE_INVALID_OR_EXPIRED");
  });

  it("shows messages with their codes and links, and whether these still work", async () => {
    const { emulator, open } = inspect();
    emulator.import(sampleSeed(emulator));
    const { part, texts } = await open();
    const [newest] = part("outbox").querySelectorAll(".list > li");
    expect(newest && textOf(newest)).toMatch(
      /^123456 Copy code waiting \d+ s ago Text message to \+64270000000 · withdraw · jo$/,
    );
    const link = part("outbox").querySelector("a.button")?.getAttribute("href") ?? "";
    expect(link).toBe(emulator.outbox.last({ to: "ada@example.com" })?.url);
    expect(await (await emulator.fetch(link)).text()).toContain("Is it you?");
    expect(texts("outbox")).toContain("expired");
    emulator.clock.advance("1h");
    expect((await open()).texts("outbox")).not.toContain("waiting");
  });

  it("shows users with their methods", async () => {
    const { emulator, open } = inspect();
    emulator.import(sampleSeed(emulator));
    const { texts } = await open();
    expect(texts("users")).toMatch(/jo Jo · jo@example\.com · \+64270000000 Text message Code by email/);
    expect(texts("users")).toContain(`The app shows ${emulator.totp("kim")}`);
    expect(texts("users")).toContain("Text message SMS +64270000000 never used");
    expect(texts("users")).toMatch(/sam Sam · sam@example\.com not enrolled/);
  });

  it("shows requests with their operation and error", async () => {
    const { emulator, authsignal, open } = inspect();
    await call(emulator, "POST /users/jo/actions/withdraw", { body: { redirectURL: "x" } });
    await emulator.fetch(`${emulator.origin}/users/jo`, { headers: { authorization: basic(emulator.apiSecretKey) } });
    emulator.faults.add({ status: 503, times: 1 });
    await expect(authsignal.getUser({ userId: "jo" })).rejects.toMatchObject({ statusCode: 503 });
    const rows = (await open()).part("requests").querySelectorAll(".list > li").map(textOf);
    expect(rows).toEqual([
      expect.stringMatching(/^503 getUser GET \/v1\/users\/jo fault now .*Fault Failed as configured/),
      expect.stringMatching(
        /^404 no operation GET \/users\/jo GET \/users\/jo is not in the spec: the base URL must end in \/v1/,
      ),
      expect.stringMatching(/^400 track POST \/v1\/users\/jo\/actions\/withdraw body\.redirectURL is not in the spec/),
    ]);
    expect(rows[2]).toContain('"redirectURL": "x"');
  });

  it("marks responses that were cut off by a fault", async () => {
    const { emulator, authsignal, open } = inspect();
    for (const connection of ["reset", "cut", "empty"] as const) {
      emulator.faults.add({ connection, times: 1 });
      await expect(authsignal.track({ userId: "jo", action: "look" })).rejects.toThrow();
    }
    const chips = (await open()).part("requests").querySelectorAll("summary > .chip");
    const shown = chips.map((chip) => [textOf(chip), chip.classList.contains("wait")]);
    expect(shown).toEqual([
      ["200, empty", true],
      ["200, cut off", true],
      ["reset", true],
    ]);
  });

  it("shows the newest 50 rows, and the number of the others", async () => {
    const { emulator, open } = inspect();
    emulator.import({
      actions: Array.from({ length: 53 }, (_, index) => ({ userId: `u${index}`, actionCode: "a", state: "ALLOW" })),
    });
    const { part, texts } = await open();
    for (const id of ["actions", "users"]) {
      expect(part(id).querySelectorAll(".list > li")).toHaveLength(50);
      expect(texts(id)).toMatch(/and 3 more$/);
    }
    expect(texts("users")).toContain("u52");
    expect(texts("users")).not.toContain("u2 ");
  });

  it("shows one tenant at a time, and has no key in a URL", async () => {
    const { emulator, open } = inspect();
    const other = emulator.tenant("sk_emulator_other");
    emulator.import({ users: [{ userId: "first" }] });
    other.import({ users: [{ userId: "second" }] });
    const { document, texts } = await open();
    expect(texts("users")).toContain("first");
    expect(texts("users")).not.toContain("second");
    const links = document.querySelectorAll(".menu a").map((link) => link.getAttribute("href"));
    expect(links).toEqual(["/", `/?tenant=${other.tenantId}`]);
    const second = await open(links[1]);
    expect(second.texts("users")).toContain("second");
    expect(second.texts("users")).not.toContain("first");
    expect(second.texts("connect")).toContain("sk_emulator_other");
    for (const { document } of [await open(), second]) {
      const addresses = document
        .querySelectorAll("a, form")
        .map((one) => one.getAttribute("href") ?? one.getAttribute("action"));
      expect(addresses.filter((address) => address?.includes("sk_"))).toEqual([]);
    }
    expect(await open("/?tenant=unknown")).toMatchObject({
      status: 404,
      problem: expect.stringMatching("no such tenant"),
    });
  });

  it("uses the path of its origin in links", async () => {
    const { emulator, open, submit, at } = inspect({ origin: "http://localhost:3000/authsignal" });
    await trackWaiting(emulator);
    const { document } = await open("/authsignal");
    const local = document
      .querySelectorAll("a, form, [data-source]")
      .flatMap((one) => ["href", "action", "data-source"].map((name) => one.getAttribute(name)))
      .filter((address) => address !== undefined && !address.startsWith("#"));
    expect(local.length).toBeGreaterThan(10);
    expect(local.filter((address) => !address?.startsWith("/authsignal/"))).toEqual([]);
    expect((await submit("form[data-form=freeze]")).location).toBe("/authsignal/");
    expect(emulator.clock.isFrozen).toBe(true);
    const way = document.querySelector("#actions a.main")?.getAttribute("href") ?? "";
    const { headers } = await emulator.fetch(at(way), { redirect: "manual" });
    expect(headers.get("location")).toMatch(/^\/authsignal\/challenge\?token=/);
  });
});

describe("hostile texts", () => {
  const nasty = `"><script>alert(1)</script>'<img src=x onerror=alert(1)>&lt;`;

  it("are shown as text, wherever they come from", async () => {
    const { emulator, authsignal, open } = inspect();
    const where = { custom: { [nasty]: nasty } };
    emulator.rules.add({
      ruleId: nasty,
      name: nasty,
      description: nasty,
      action: nasty,
      userId: nasty,
      where,
      outcome: "CHALLENGE",
    });
    emulator.rules.add({ name: nasty, outcome: "CHALLENGE" });
    emulator.rules.next({ action: nasty, outcome: "ALLOW" });
    emulator.import({
      ...emulator.export(),
      users: [{ userId: nasty, displayName: nasty, email: nasty, custom: { [nasty]: nasty } }],
      authenticators: [{ userId: nasty, verificationMethod: nasty, name: nasty }],
      actions: [
        {
          userId: nasty,
          actionCode: nasty,
          idempotencyKey: nasty,
          actionId: nasty,
          state: nasty,
          custom: { a: nasty },
        },
      ],
      challenges: [
        { userId: nasty, action: nasty, idempotencyKey: nasty, challengeId: nasty, verificationMethod: nasty },
      ],
      messages: [
        {
          messageId: nasty,
          channel: "SMS",
          to: nasty,
          code: nasty,
          url: nasty,
          challengeId: nasty,
          locale: nasty,
          createdAt: new Date().toISOString(),
        },
      ],
      recoveryCodes: [{ userId: nasty, code: nasty }],
      devices: [{ userId: nasty, deviceId: nasty }],
    });
    await authsignal.track({ userId: nasty, action: "a", attributes: { custom: { text: nasty } } });
    await call(emulator, `GET /${encodeURIComponent(nasty)}?${encodeURIComponent(nasty)}`);
    const { text, document, texts } = await open();
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<img");
    expect(document.querySelectorAll("script")).toHaveLength(1);
    for (const part of ["actions", "outbox", "users", "rules"]) expect(texts(part)).toContain(nasty);
  });

  it("do not become links that run scripts", async () => {
    const { emulator, open } = inspect();
    const createdAt = new Date().toISOString();
    emulator.import({
      messages: [{ messageId: "m", channel: "EMAIL", to: "jo", url: "javascript:alert(1)", createdAt }],
    });
    const { document } = await open();
    const addresses = document.querySelectorAll("a").map((one) => one.getAttribute("href") ?? "");
    expect(addresses.filter((address) => /^javascript/i.test(address))).toEqual([]);
  });

  it("are cut when they are very long", async () => {
    const { emulator, open } = inspect();
    const long = "x".repeat(100_000);
    emulator.import({
      users: [{ userId: long, custom: { long } }],
      actions: [{ userId: long, actionCode: "a", state: "ALLOW" }],
    });
    expect((await open()).text.length).toBeLessThan(1_500_000);
  });
});
