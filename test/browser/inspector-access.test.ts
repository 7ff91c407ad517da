import { describe, expect } from "vitest";
import { sampleSeed } from "../../src/emulator/sample.ts";
import { Authsignal } from "../../src/index.ts";
import { PHONE, type Stage, test } from "./fixtures.ts";
import { InspectorPage } from "./inspector-page.ts";
import { focusOf, motionOf, overflowOf, tooSmall, violationsOf } from "./screens.ts";

/** Fills the inspector with the sample and some calls, and opens all that can be opened. */
async function showEverything(stage: Stage): Promise<InspectorPage> {
  const { emulator, page } = stage;
  emulator.import(sampleSeed(emulator));
  emulator.tenant("sk_emulator_other");
  emulator.faults.add({ operations: ["track"], times: 2, status: 503 });
  emulator.rules.next("REVIEW");
  const { apiSecretKey, apiUrl } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
  await authsignal.getUser({ userId: "jo" });
  await authsignal.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber: "+64270000000" });
  await authsignal.getAction({ userId: "jo", action: "none", idempotencyKey: "none" }).catch(() => undefined);
  const inspector = await InspectorPage.live(stage);
  await inspector.actions.first().waitFor();
  await page.evaluate(
    'for (const one of document.querySelectorAll("details")) { one.open = true; one.dataset.touched = ""; }',
  );
  return inspector;
}

describe("the inspector", () => {
  test("has nothing that axe would blame while it is empty", async ({ open }) => {
    const stage = await open({ emulator: { seed: {} } });
    stage.emulator.reset();
    await InspectorPage.live(stage);
    expect(await violationsOf(stage.page)).toEqual([]);
  });

  test("has nothing that axe would blame when it is full and open", async ({ open }) => {
    const stage = await open();
    await showEverything(stage);
    expect(await violationsOf(stage.page)).toEqual([]);
  });

  test("fits on a phone, and is made for fingers", async ({ open }) => {
    const stage = await open({ context: PHONE });
    await showEverything(stage);
    expect(await overflowOf(stage.page)).toBe(0);
    expect(await tooSmall(stage.page)).toEqual([]);
  });

  test.for([768, 1024, 1440, 2560])("fits on a screen %i pixels wide", async (width, { open }) => {
    const stage = await open({ context: { viewport: { width, height: 900 } } });
    await showEverything(stage);
    expect(await overflowOf(stage.page)).toBe(0);
  });

  test("keeps still for people who want it so", async ({ open }) => {
    const stage = await open({ context: { reducedMotion: "reduce" } });
    await showEverything(stage);
    expect(await motionOf(stage.page)).toEqual([]);
  });

  test("can be used with the keyboard only", async ({ open }) => {
    const stage = await open();
    const { page, emulator } = stage;
    await showEverything(stage);
    await page.reload();
    await page.keyboard.press("Tab");
    expect(await focusOf(page)).toEqual({ name: "Go to the actions", isVisible: true });
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate('document.activeElement.closest("section")?.id')).toBe("actions");
    const visited = new Set<string>();
    for (let count = 0; count < 400; count++) {
      await page.keyboard.press("Tab");
      const { name, isVisible } = await focusOf(page);
      if (name === "") break;
      expect(isVisible, name).toBe(true);
      visited.add(name);
    }
    for (const name of ["+1 hour", "Freeze", "Let it fail", "Set", "Empty everything"]) {
      expect([...visited]).toContain(name);
    }
    await page.getByRole("button", { name: "+1 hour" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => emulator.clock.milliseconds - Date.now()).toBeGreaterThan(3_500_000);
    expect((await focusOf(page)).name, "the focus is where it was").toBe("+1 hour");
  });
});
