import { describe, expect } from "vitest";
import { sampleSeed } from "../../src/emulator/tenant/sample.ts";
import { Authsignal } from "../../src/index.ts";
import { type Stage, test } from "./fixtures.ts";
import { InspectorPage } from "./inspector-page.ts";
import { faultsOf, focusOf, overflowOf } from "./screens.ts";

/** Fills the inspector with the sample and some calls, and opens all sections. */
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
  test("is accessible while it is empty: in light and dark, on a phone, with large text and without motion", async ({
    open,
  }) => {
    const stage = await open();
    stage.emulator.reset();
    await InspectorPage.live(stage);
    expect(await faultsOf(stage.page)).toEqual([]);
  });

  test("is accessible with all sections open, on any screen", async ({ open }) => {
    const stage = await open();
    await showEverything(stage);
    expect(await faultsOf(stage.page)).toEqual([]);
    for (const width of [768, 1024, 1440, 2560]) {
      await stage.page.setViewportSize({ width, height: 900 });
      expect(await overflowOf(stage.page)).toEqual([]);
    }
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
    for (const name of ["+1 hour", "Freeze", "Add the failure", "Set", "Delete everything"]) {
      expect([...visited]).toContain(name);
    }
    await page.getByRole("button", { name: "+1 hour" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => emulator.clock.milliseconds - Date.now()).toBeGreaterThan(3_500_000);
    expect((await focusOf(page)).name, "the focus is where it was").toBe("+1 hour");
  });
});
