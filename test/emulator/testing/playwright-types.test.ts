import type { Frame, FrameLocator, Locator, Page } from "playwright-core";
import { expectTypeOf, it } from "vitest";
import type { EmulatorTenant } from "../../../src/emulator/index.ts";
import type { ReachableEmulator } from "../../../src/emulator/testing/challenge-codes.ts";
import type { ChallengeLocator, ChallengePlace } from "../../../src/emulator/testing/playwright-page.ts";

it("describes what there is in Playwright", () => {
  expectTypeOf<Page>().toExtend<ChallengePlace>();
  expectTypeOf<Frame>().toExtend<ChallengePlace>();
  expectTypeOf<FrameLocator>().toExtend<ChallengePlace>();
  expectTypeOf<Locator>().toExtend<ChallengeLocator>();
});

it("finds codes in every tenant", () => {
  expectTypeOf<EmulatorTenant>().toExtend<ReachableEmulator>();
});
