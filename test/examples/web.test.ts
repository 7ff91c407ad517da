import { createEmulator, type Emulator } from "authsignal-ts/emulator";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RECIPES, type Site, startSite } from "./sites.ts";
import { Visitor } from "./visitor.ts";

const phones: Record<string, string> = { ann: "+64270000001", bob: "+64270000002" };

describe.each(RECIPES)("the recipe for $name", (recipe) => {
  let emulator: Emulator;
  let site: Site;

  beforeEach(async () => {
    // As lenient as a service can be: what is refused here is refused by the recipe.
    emulator = createEmulator({
      singleUseTokens: false,
      seed: {
        users: Object.keys(phones).map((userId) => ({ userId })),
        authenticators: Object.entries(phones).map(([userId, phoneNumber]) => {
          return { userId, verificationMethod: "SMS", phoneNumber };
        }),
      },
    });
    emulator.rules.set(recipe.action, "CHALLENGE");
    site = await startSite(recipe, emulator, emulator.fetch);
    vi.spyOn(console, "error").mockReturnValue();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await site[Symbol.asyncDispose]();
    await emulator.close();
  });

  /** Somebody in front of the site; signed in, unless this is the sign-in. */
  const visitorOf = (userId: string) => new Visitor(site.origin, recipe.isSignIn ? undefined : userId);

  /** Fills in the form, as this person. */
  const begin = (visitor: Visitor, userId: string, amount = 5) => visitor.submit(recipe.path, formOf(userId, amount));
  const formOf = (userId: string, amount: number): Record<string, string> =>
    recipe.isSignIn ? { name: userId, password: "right" } : { amount: `${amount}` };

  /** Fills in the form, and passes the challenge; gives the address that the challenge leads to. */
  async function confirm(visitor: Visitor, userId: string, amount?: number): Promise<string> {
    const visit = await emulator.visit((await begin(visitor, userId, amount)).headers.get("location") ?? "");
    await visit.choose("SMS");
    const { code } = await emulator.outbox.waitFor({ to: phones[userId] });
    return (await visit.enter(code)).url ?? "";
  }

  /** What is noted when it was carried out. */
  const noteOf = (userId: string, amount = 5) => (recipe.isSignIn ? userId : `${userId} ${amount}`);

  async function refuses(visitor: Visitor, address: string, status = 403): Promise<void> {
    const done = [...site.done];
    const { response, path } = await visitor.follow(address);
    expect([response.status, path]).toEqual([status, recipe.returnPath]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(site.done).toEqual(done);
  }

  test("carries out at once what is allowed", async () => {
    emulator.rules.set(recipe.action, "ALLOW");
    const response = await begin(visitorOf("ann"), "ann");
    expect([response.status, response.headers.getSetCookie()]).toEqual([303, []]);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test.each(["CHALLENGE", "ALLOW"] as const)(
    "sends a user who has nothing enrolled to enroll, and carries it out once that is confirmed: %s",
    async (outcome) => {
      emulator.rules.set(recipe.action, outcome);
      const newcomer = visitorOf("newcomer");
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

  test("does not carry out what a user who has nothing enrolled begins and does not confirm", async () => {
    const newcomer = visitorOf("newcomer");
    const page = (await begin(newcomer, "newcomer")).headers.get("location") ?? "";
    await refuses(newcomer, (await (await emulator.visit(page)).cancel()).url ?? "");
    const { response } = await newcomer.follow(recipe.returnPath);
    expect(await response.text()).toBe("This needs a confirmation, and no way to confirm was set up.");
    await refuses(newcomer, `${recipe.returnPath}?${new URL(page).searchParams}`);
  });

  test("asks Authsignal nothing for whoever may not do it, or says nothing useful", async () => {
    const answers = recipe.isSignIn
      ? [await visitorOf("ann").submit(recipe.path, { name: "ann", password: "wrong" })]
      : [
          await new Visitor(site.origin).submit(recipe.path, { amount: "5" }),
          await visitorOf("ann").submit(recipe.path, { amount: "-5" }),
          await visitorOf("ann").submit(recipe.path, {}),
        ];
    expect(answers.map(({ status }) => status)).toEqual(recipe.isSignIn ? [401] : [401, 400, 400]);
    expect(emulator.requests.list()).toEqual([]);
    expect(site.done).toEqual([]);
  });

  test("carries out what was confirmed, and leaves no token in the address", async () => {
    const ann = visitorOf("ann");
    const address = await confirm(ann, "ann", 7);
    expect(address).toContain(`${site.origin}${recipe.returnPath}?token=`);
    expect(site.done).toEqual([]);
    const returned = await ann.go(address);
    expect([returned.status, returned.headers.get("location")]).toEqual([303, site.origin + recipe.returnPath]);
    expect(returned.headers.get("cache-control")).toBe("no-store");
    expect(returned.headers.get("referrer-policy")).toBe("no-referrer");
    expect(site.done).toEqual([]);
    expect((await ann.go(recipe.returnPath)).status).toBe(303);
    expect(site.done).toEqual([noteOf("ann", 7)]);
  });

  test("does not carry out what was given up, until it is confirmed after all", async () => {
    const ann = visitorOf("ann");
    const challenge = (await begin(ann, "ann")).headers.get("location") ?? "";
    const visit = await emulator.visit(challenge);
    await refuses(ann, (await visit.cancel()).url ?? "");
    await refuses(ann, recipe.returnPath);

    const again = await emulator.visit(challenge);
    await again.choose("SMS");
    const { url = "" } = await again.enter((await emulator.outbox.waitFor()).code);
    await ann.follow(url);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test.each(["BLOCK", "REVIEW"] as const)("does not carry out what the rules answer with %s", async (outcome) => {
    emulator.rules.set(recipe.action, outcome);
    const response = await begin(visitorOf("ann"), "ann");
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(site.done).toEqual([]);
  });

  test("refuses another person's token, and another browser", async () => {
    const [ann, bob] = [visitorOf("ann"), visitorOf("bob")];
    const address = await confirm(ann, "ann");
    await refuses(visitorOf("ann"), address);
    await begin(bob, "bob");
    await refuses(bob, address);
  });

  if (!recipe.isSignIn) {
    test("takes nothing but an amount of money for one", async () => {
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
      const ann = visitorOf("ann");
      for (const form of forms) {
        const { status } = await ann.submit(recipe.path, form);
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
      emulator.rules.set(recipe.action, "ALLOW");
      await visitorOf("ann").submit(recipe.path, { amount });
      expect(site.done).toEqual([`ann ${value}`]);
      expect(emulator.requests.list().map(({ body }) => body)).toMatchObject([{ custom: { amount: value } }]);
    });

    test("refuses whoever is signed in by then, if it is somebody else or nobody", async () => {
      const ann = visitorOf("ann");
      const address = await confirm(ann, "ann");
      for (const session of ["bob", ""]) {
        const other = ann.twin();
        other.keep(`session=${session}; Path=/`);
        await refuses(other, address);
      }
      await ann.go(address);
      const switched = ann.twin();
      switched.keep("session=bob; Path=/");
      await refuses(switched, recipe.returnPath);
    });
  }

  test("refuses the token of another attempt of the same person", async () => {
    const ann = visitorOf("ann");
    const small = await confirm(ann, "ann", 1);
    await begin(ann, "ann", 1_000_000);
    await refuses(ann, small);
  });

  test("refuses what was carried out, to whoever has kept the cookies and the token", async () => {
    const ann = visitorOf("ann");
    const address = await confirm(ann, "ann");
    const [before, between] = [ann.twin(), ann.twin()];
    await between.go(address);
    await ann.follow(address);
    expect(site.done).toEqual([noteOf("ann")]);
    await refuses(ann, address);
    await refuses(ann, recipe.returnPath);
    await refuses(before, address);
    await refuses(between, recipe.returnPath);
  });

  test("carries out one of many returns that come at once", async () => {
    const ann = visitorOf("ann");
    await ann.go(await confirm(ann, "ann"));
    const responses = await Promise.all(Array.from({ length: 8 }, () => ann.go(recipe.returnPath)));
    expect(responses.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 403)]);
    expect(site.done).toEqual([noteOf("ann")]);
  });

  test("lets nobody pass while the service is down, and goes on when it is up again", async () => {
    const ann = visitorOf("ann");
    emulator.faults.add({ operations: ["track"], status: 503 });
    const response = await begin(ann, "ann");
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
    emulator.faults.clear();

    const address = await confirm(ann, "ann");
    emulator.faults.add({ operations: ["validateChallenge"], connection: "reset" });
    await refuses(ann, address, 503);
    emulator.faults.clear();
    await ann.follow(recipe.returnPath);
    expect(site.done).toEqual([noteOf("ann")]);
  });
});
