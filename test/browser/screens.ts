import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What axe finds wrong with a page, whatever its impact, in light colours and in dark ones. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await new AxeBuilder({ page }).setLegacyMode().analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await new AxeBuilder({ page }).setLegacyMode().withRules("color-contrast").analyze();
  return [...light.violations, ...dark.violations].flatMap(({ id, impact, nodes }) => {
    return nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target.join(" ")}: ${failureSummary}`);
  });
}

/** How many pixels of a page are out of sight to the right. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/**
 * What can be pressed or filled in and is smaller than a fingertip, which is 44 pixels high and 24 wide. What is pressed
 * by the way need be only 24 pixels high, and links within a line may be as high as it.
 */
export async function tooSmall(page: Page, byTheWay = ".tiny"): Promise<string[]> {
  const controls = await page.locator("main").locator("a, button, input:not([type=hidden]), select, summary").all();
  const sizes = controls.map(async (control) => {
    const box = await control.boundingBox();
    if (box === null) return [];
    if (
      (await control.evaluate((element) => Reflect.get(globalThis, "getComputedStyle")(element).display)) === "inline"
    )
      return [];
    const isByTheWay = await control.evaluate((element, selector) => element.matches(selector), byTheWay);
    const isSmall = Math.round(box.height) < (isByTheWay ? 24 : 44) || Math.round(box.width) < 24;
    const name = (await control.textContent()) || (await control.getAttribute("name"));
    return isSmall ? [`${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`] : [];
  });
  return (await Promise.all(sizes)).flat();
}

/** What has the focus, in words, and whether that can be seen. */
export function focusOf(page: Page): Promise<{ name: string; isVisible: boolean }> {
  return page.evaluate(`(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    // The button inside the field, to which Chromium gives a ring of its own.
    const isPicker = element.type === "datetime-local" && !element.matches(":focus-visible");
    return {
      name: element === document.body ? "" : (element.labels?.[0] ?? element).textContent.replace(/\\s+/g, " ").trim(),
      isVisible: isPicker || outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
    };
  })()`);
}

/** What moves on a page. */
export function motionOf(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
    const isLong = (durations) => durations.split(", ").some((duration) => Number.parseFloat(duration) > 0.01);
    return isLong(transitionDuration) || (animationName !== "none" && isLong(animationDuration));
  }).map((element) => element.outerHTML.slice(0, 80))`);
}
