import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** The narrowest screen of WCAG 2.2, 1.4.10, and a narrow one with the large text of 1.4.4. */
const NARROWEST = { width: 320, height: 640 };
const NARROW = { width: 640, height: 640 };

/** Returns the accessibility problems of a page: findings of axe, overflow, small targets and motion. */
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

/** Returns the findings of axe of any impact, in light and dark colors. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await new AxeBuilder({ page }).setLegacyMode().analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await new AxeBuilder({ page }).setLegacyMode().withRules("color-contrast").analyze();
  return [...light.violations, ...dark.violations].flatMap(({ id, impact, nodes }) => {
    return nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target.join(" ")}: ${failureSummary}`);
  });
}

/** Returns how far a page overflows to the right, in pixels. */
export async function overflowOf(page: Page): Promise<string[]> {
  const width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  return width === 0 ? [] : [`${width} pixels are out of sight at a width of ${page.viewportSize()?.width}`];
}

/**
 * Returns the controls that are smaller than 44 pixels in height or 24 in width. Minor controls need be only 24 pixels
 * high.
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

/** Returns the elements that move, although the user prefers reduced motion. */
function motionOf(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
    const isLong = (durations) => durations.split(", ").some((duration) => Number.parseFloat(duration) > 0.01);
    return isLong(transitionDuration) || (animationName !== "none" && isLong(animationDuration));
  }).map((element) => element.outerHTML.slice(0, 80) + " moves")`);
}

/** Returns the name of the focused element, and whether its focus is visible. */
export function focusOf(page: Page): Promise<{ name: string; isVisible: boolean }> {
  return page.evaluate(`(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    // The button inside a field, for which Chromium draws its own focus ring.
    const isPicker = element.type === "datetime-local" && !element.matches(":focus-visible");
    return {
      name: element === document.body ? "" : (element.labels?.[0] ?? element).textContent.replace(/\\s+/g, " ").trim(),
      isVisible: isPicker || outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
    };
  })()`);
}
