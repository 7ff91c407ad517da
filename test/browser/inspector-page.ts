import type { Locator, Page } from "playwright-core";
import type { Stage } from "./fixtures.ts";

/** The inspector, used through its visible texts. */
export class InspectorPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async of({ page, emulator }: Stage): Promise<InspectorPage> {
    await page.goto(emulator.origin);
    return new InspectorPage(page);
  }

  /** Opens the inspector, and waits for its stream of changes. */
  static async live(stage: Stage): Promise<InspectorPage> {
    const inspector = await InspectorPage.of(stage);
    await stage.page.getByText("Live", { exact: true }).waitFor();
    return inspector;
  }

  /** Returns a panel by its heading. */
  panel(heading: string): Locator {
    return this.page.getByRole("region", { name: heading, exact: true });
  }

  /** The actions, the newest first. */
  get actions(): Locator {
    return this.panel("Actions").locator(":scope > ul > li");
  }

  async press(heading: string, button: string): Promise<void> {
    await this.panel(heading).getByRole("button", { name: button, exact: true }).click();
  }
}
