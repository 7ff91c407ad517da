import type { Frame, FrameLocator, Locator, Page } from "playwright-core";
import { expectTypeOf, it } from "vitest";
import type { ChallengeLocator, ChallengePlace } from "../../src/emulator/testing/playwright-page.ts";

it("describes what there is in Playwright", () => {
  expectTypeOf<Page>().toExtend<ChallengePlace>();
  expectTypeOf<Frame>().toExtend<ChallengePlace>();
  expectTypeOf<FrameLocator>().toExtend<ChallengePlace>();
  expectTypeOf<Locator>().toExtend<ChallengeLocator>();
});
