import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEntries } from "../../scripts/docs/entries.ts";
import { type PublicSymbol, root, symbolReader } from "./symbols.ts";

const entries = (await readEntries()).map(({ specifier, source }) => ({ specifier, file: join(root, source) }));

/** Some symbols of each entry, one for each form of declaration. */
const SAMPLES: Record<string, string[]> = {
  "authsignal-ts": [
    "Authsignal.track",
    "Webhook.constructor",
    "ApiError.attempts",
    "UserActionState",
    "TrackAttributes.redirectUrl",
  ],
  "authsignal-ts/client": ["createAuthsignalClient", "paths", "components.User", "components.User.isEnrolled"],
  "authsignal-ts/authy": ["Users.create", "AuthyResult.ok", "CreateUserRequest.cellphone", "AuthyApiClient.oneTouch"],
  "authsignal-ts/migrate": ["migrateAuthyUsers", "MigrationOptions.file", "AuthyBridgeOptions.phoneOf"],
  "authsignal-ts/step-up": ["createStepUp", "StepUpStore.take", "StepUpResult.refused"],
  "authsignal-ts/emulator": [
    "Seed",
    "Clock.now",
    "EmulatorTenant.outbox",
    "Visit.enter",
    "RuleOptions.when",
    "BehaviourOptions.otp",
  ],
};

const namesOf = (symbols: PublicSymbol[]): string[] => symbols.map(({ name }) => name);
const undocumented = (symbols: PublicSymbol[]): string[] =>
  namesOf(symbols.filter(({ isDocumented }) => !isDocumented));

describe("a public symbol", () => {
  let read: (file: string) => PublicSymbol[];
  beforeAll(() => {
    read = symbolReader(entries.map(({ file }) => file));
  });

  it.each(entries)("of $specifier is documented", ({ specifier, file }) => {
    const symbols = read(file);
    expect(namesOf(symbols)).toEqual(expect.arrayContaining(SAMPLES[specifier] ?? []));
    expect(symbols.length).toBeGreaterThan(10);
    expect(undocumented(symbols)).toEqual([]);
  });
});

describe("the check", () => {
  const folder = join(root, ".tmp", `docs-${process.pid}`);
  const file = join(folder, "shop.ts");
  const SHOP = `
    interface Goods {
      name: string;
    }
    abstract class Building {
      /** Where it is. */
      abstract readonly address: string;
    }
    /** Sells. */
    export class Shop extends Building {
      static open = true;
      readonly address = "here";
      /** What there is. */
      readonly goods: {
        apples: Goods;
        /** Ripe. */
        pears: { weight: number }[];
      } | undefined;
      readonly #till = 0;
      private key = 1;
      protected rent = 1;
      constructor(size: number) { super(); void [this.#till, this.key, this.rent, size]; }
      /** @internal */
      audit(): void {}
      get isEmpty(): boolean { return true; }
      close(): void {}
    }
    export interface Price {
      /** In cents. */
      amount: number;
      currency: string;
      discount?: undefined;
    }
    export type Discount = { percent: number };
    export const VAT = 0.2;
    export function sell(): void {}
    /** @deprecated Use \`sell\`. */
    export function vend(): void {}
  `;
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, SHOP);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("names every public symbol without a comment, and no internal one", () => {
    const goods = ["Shop.goods.apples", "Goods.name", "Shop.goods.pears.weight"];
    const shop = ["Shop.constructor", "Shop.open", "Shop.isEmpty", "Shop.close"];
    const rest = ["Price", "Price.currency", "Discount", "Discount.percent", "VAT", "sell"];
    expect(undocumented(symbolReader([file])(file)).sort()).toEqual([...goods, ...shop, ...rest].sort());
  });
});
