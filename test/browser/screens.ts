import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** The narrowest screen and the narrow one with large text of WCAG 2.2, 1.4.10 and 1.4.4. */
const NARROWEST = { width: 320, height: 640 };
const NARROW = { width: 640, height: 640 };

/** What is wrong with a page for people: what axe finds, and what does not fit, is too small to press, or moves. */
export async function faultsOf(page: Page): Promise<string[]> {
  const violations = await violationsOf(page);
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: null });
  const motion = await motionOf(page);
  await page.setViewportSize(PHONE);
  const phone = [...(await overflowOf(page)), ...(await tooSmall(page))];
  await page.setViewportSize(NARROWEST);
  const narrow = await overflowOf(page);
  await page.setViewportSize(NARROW);
  await page.evaluate('document.documentElement.style.fontSize = "200%"');
  const large = await overflowOf(page);
  await page.evaluate('document.documentElement.style.fontSize = ""');
  await page.emulateMedia({ reducedMotion: null });
  await page.setViewportSize(DESK);
  return [...violations, ...motion, ...phone, ...narrow, ...large];
}

/** What axe finds, whatever its impact, in light colours and in dark ones. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await new AxeBuilder({ page }).setLegacyMode().analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await new AxeBuilder({ page }).setLegacyMode().withRules("color-contrast").analyze();
  return [...light.violations, ...dark.violations].flatMap(({ id, impact, nodes }) => {
    return nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target.join(" ")}: ${failureSummary}`);
  });
}

/** How far a page reaches out of sight to the right. */
export async function overflowOf(page: Page): Promise<string[]> {
  const width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  return width === 0 ? [] : [`${width} pixels are out of sight at a width of ${page.viewportSize()?.width}`];
}

/**
 * What can be pressed or filled in and is smaller than a fingertip, which is 44 pixels high and 24 wide. What is pressed
 * by the way need be only 24 pixels high.
 */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("main :is(a, button, input, select, summary)")].flatMap((control) => {
    const { width, height } = control.getBoundingClientRect();
    if (width === 0) return [];
    const isSmall = Math.round(height) < (control.matches(".tiny") ? 24 : 44) || Math.round(width) < 24;
    const name = control.textContent.trim() || control.name;
    return isSmall ? [name + " is " + Math.round(width) + " x " + Math.round(height)] : [];
  })`);
}

/** What moves, although people may want it to keep still. */
function motionOf(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
    const isLong = (durations) => durations.split(", ").some((duration) => Number.parseFloat(duration) > 0.01);
    return isLong(transitionDuration) || (animationName !== "none" && isLong(animationDuration));
  }).map((element) => element.outerHTML.slice(0, 80) + " moves")`);
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
