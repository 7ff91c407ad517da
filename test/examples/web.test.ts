import { createEmulator, type Emulator } from "authsignal-ts/emulator";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CookieBrowser } from "../support/cookie-browser.ts";
import { EXAMPLES, type Site, startSite } from "./sites.ts";

const phones: Record<string, string> = { ann: "+64270000001", bob: "+64270000002" };

describe.each(EXAMPLES)("the example for $name", (example) => {
  let emulator: Emulator;
  let site: Site;

  beforeEach(async () => {
    // The emulator is as lenient as a service can be, so that a rejection comes from the example.
    emulator = createEmulator({
      singleUseTokens: false,
      seed: {
        users: Object.keys(phones).map((userId) => ({ userId })),
        authenticators: Object.entries(phones).map(([userId, phoneNumber]) => {
          return { userId, verificationMethod: "SMS", phoneNumber };
        }),
      },
    });
    emulator.rules.set(example.action, "CHALLENGE");
    site = await startSite(example, emulator, emulator.fetch);
    vi.spyOn(console, "error").mockReturnValue();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await site[Symbol.asyncDispose]();
    await emulator.close();
  });

  /** A browser at the site; its user is signed in, unless this is the sign-in. */
  const browserOf = (userId: string) => new CookieBrowser(site.origin, example.isSignIn ? undefined : userId);

  /** Submits the form as a user. */
  const begin = (browser: CookieBrowser, userId: string, amount = 5) =>
    browser.submit(example.path, formOf(userId, amount));
  const formOf = (userId: string, amount: number): Record<string, string> =>
    example.isSignIn ? { name: userId, password: "right" } : { amount: `${amount}` };

  /** Submits the form and passes the challenge; returns the return URL. */
  async function confirm(browser: CookieBrowser, userId: string, amount?: number): Promise<string> {
    const visit = await emulator.visit((await begin(browser, userId, amount)).headers.get("location") ?? "");
    await visit.choose("SMS");
    const { code } = await emulator.outbox.waitFor({ to: phones[userId] });
    return (await visit.enter(code)).url ?? "";
  }

  /** Returns the note of an action that was carried out. */
  const noteOf = (userId: string, amount = 5) => (example.isSignIn ? userId : `${userId} ${amount}`);

  async function refuses(browser: CookieBrowser, address: string, status = 403): Promise<void> {
    const done = [...site.done];
    const { response, path } = await browser.follow(address);
    expect([response.status, path]).toEqual([status, example.returnPath]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(site.done).toEqual(done);
  }

  test("carries out an allowed action at once", async () => {
    emulator.rules.set(example.action, "ALLOW");
    const response = await begin(browserOf("ann"), "ann");
    expect([response.status, response.headers.getSetCookie()]).toEqual([303, []]);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test.each(["CHALLENGE", "ALLOW"] as const)(
    "sends a user who has nothing enrolled to enroll, and carries it out once that is confirmed: %s",
    async (outcome) => {
      emulator.rules.set(example.action, outcome);
      const newcomer = browserOf("newcomer");
      const response = await begin(newcomer, "newcomer", 7);
      expect([response.status, site.done]).toEqual([303, []]);
      const visit = await emulator.visit(response.headers.get("location") ?? "");
      expect(visit.title).toBe("Set up how to confirm it's you");
      await visit.enroll("SMS", { phoneNumber: "+64270000003" });
      const { url = "" } = await visit.enter("123456");
      await newcomer.follow(url);
      expect(site.done).toEqual([noteOf("newcomer", 7)]);
    },
  );

  test("does not carry out an action that a user who has nothing enrolled does not confirm", async () => {
    const newcomer = browserOf("newcomer");
    const page = (await begin(newcomer, "newcomer")).headers.get("location") ?? "";
    await refuses(newcomer, (await (await emulator.visit(page)).cancel()).url ?? "");
    const { response } = await newcomer.follow(example.returnPath);
    expect(await response.text()).toBe("This needs a confirmation, and no way to confirm was set up.");
    await refuses(newcomer, `${example.returnPath}?${new URL(page).searchParams}`);
  });

  test("does not call Authsignal for a user who is not signed in or sends invalid data", async () => {
    const answers = example.isSignIn
      ? [await browserOf("ann").submit(example.path, { name: "ann", password: "wrong" })]
      : [
          await new CookieBrowser(site.origin).submit(example.path, { amount: "5" }),
          await browserOf("ann").submit(example.path, { amount: "-5" }),
          await browserOf("ann").submit(example.path, {}),
        ];
    expect(answers.map(({ status }) => status)).toEqual(example.isSignIn ? [401] : [401, 400, 400]);
    expect(emulator.requests.list()).toEqual([]);
    expect(site.done).toEqual([]);
  });

  test("carries out a confirmed action, and leaves no token in the address", async () => {
    const ann = browserOf("ann");
    const address = await confirm(ann, "ann", 7);
    expect(address).toContain(`${site.origin}${example.returnPath}?token=`);
    expect(site.done).toEqual([]);
    const returned = await ann.go(address);
    expect([returned.status, returned.headers.get("location")]).toEqual([303, site.origin + example.returnPath]);
    expect(returned.headers.get("cache-control")).toBe("no-store");
    expect(returned.headers.get("referrer-policy")).toBe("no-referrer");
    expect(site.done).toEqual([]);
    expect((await ann.go(example.returnPath)).status).toBe(303);
    expect(site.done).toEqual([noteOf("ann", 7)]);
  });

  test("does not carry out a canceled action until it is confirmed", async () => {
    const ann = browserOf("ann");
    const challenge = (await begin(ann, "ann")).headers.get("location") ?? "";
    const visit = await emulator.visit(challenge);
    await refuses(ann, (await visit.cancel()).url ?? "");
    await refuses(ann, example.returnPath);

    const again = await emulator.visit(challenge);
    await again.choose("SMS");
    const { url = "" } = await again.enter((await emulator.outbox.waitFor()).code);
    await ann.follow(url);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test.each(["BLOCK", "REVIEW"] as const)("does not carry out an action whose rule is %s", async (outcome) => {
    emulator.rules.set(example.action, outcome);
    const response = await begin(browserOf("ann"), "ann");
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(site.done).toEqual([]);
  });

  test("refuses the token of another user, and another browser", async () => {
    const [ann, bob] = [browserOf("ann"), browserOf("bob")];
    const address = await confirm(ann, "ann");
    await refuses(browserOf("ann"), address);
    await begin(bob, "bob");
    await refuses(bob, address);
  });

  if (!example.isSignIn) {
    test("accepts only amounts of money", async () => {
      const amounts = [
        "Infinity",
        "-Infinity",
        "1e400",
        "1e3",
        "NaN",
        "0x10",
        "0b11",
        "-5",
        "+5",
        "0",
        "0.00",
        "",
        " ",
      ];
      amounts.push("5.001", "1.005", ".5", "5.", "5,00", "1_000", "5 EUR", "٥", "[5]", "true", "null", "9".repeat(400));
      const forms = amounts.map((amount): [string, string][] => [["amount", amount]]);
      forms.push([], [["amount[]", "5"]], [["amount[value]", "5"]], [["Amount", "5"]]);
      for (const first of ["5", "Infinity", ""]) forms.push(["5", first, "5"].map((amount) => ["amount", amount]));
      const ann = browserOf("ann");
      for (const form of forms) {
        const { status } = await ann.submit(example.path, form);
        expect([`${new URLSearchParams(form)}`, status]).toEqual([`${new URLSearchParams(form)}`, 400]);
      }
      expect([emulator.requests.list(), site.done]).toEqual([[], []]);
    });

    test.each([
      ["5", 5],
      ["0.01", 0.01],
      ["12.5", 12.5],
      ["1000000.99", 1_000_000.99],
      ["007", 7],
    ])("takes %s as an amount of money, for the rules and for what is carried out", async (amount, value) => {
      emulator.rules.set(example.action, "ALLOW");
      await browserOf("ann").submit(example.path, { amount });
      expect(site.done).toEqual([`ann ${value}`]);
      expect(emulator.requests.list().map(({ body }) => body)).toMatchObject([{ custom: { amount: value } }]);
    });

    test("refuses the return of another user and of a user who is signed out", async () => {
      const ann = browserOf("ann");
      const address = await confirm(ann, "ann");
      for (const session of ["bob", ""]) {
        const other = ann.twin();
        other.keep(`session=${session}; Path=/`);
        await refuses(other, address);
      }
      await ann.go(address);
      const switched = ann.twin();
      switched.keep("session=bob; Path=/");
      await refuses(switched, example.returnPath);
    });
  }

  test("refuses the token of another attempt of the same user", async () => {
    const ann = browserOf("ann");
    const small = await confirm(ann, "ann", 1);
    await begin(ann, "ann", 1_000_000);
    await refuses(ann, small);
  });

  test("refuses a second use of the same cookies and token", async () => {
    const ann = browserOf("ann");
    const address = await confirm(ann, "ann");
    const [before, between] = [ann.twin(), ann.twin()];
    await between.go(address);
    await ann.follow(address);
    expect(site.done).toEqual([noteOf("ann")]);
    await refuses(ann, address);
    await refuses(ann, example.returnPath);
    await refuses(before, address);
    await refuses(between, example.returnPath);
  });

  test("carries out an action once for many simultaneous returns", async () => {
    const ann = browserOf("ann");
    await ann.go(await confirm(ann, "ann"));
    const responses = await Promise.all(Array.from({ length: 8 }, () => ann.go(example.returnPath)));
    expect(responses.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 403)]);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test("lets no user pass while the service is down, and continues when the service is up again", async () => {
    const ann = browserOf("ann");
    emulator.faults.add({ operations: ["track"], status: 503 });
    const response = await begin(ann, "ann");
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
    emulator.faults.clear();

    const address = await confirm(ann, "ann");
    emulator.faults.add({ operations: ["validateChallenge"], connection: "reset" });
    await refuses(ann, address, 503);
    emulator.faults.clear();
    await ann.follow(example.returnPath);
    expect(site.done).toEqual([noteOf("ann")]);
  });
});
