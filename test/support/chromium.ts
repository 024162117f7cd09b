import { existsSync } from "node:fs";
import { after, before } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const program = "/usr/bin/chromium";

/** Why there is no real browser here; `false` if there is. */
export const noChromium: string | false = existsSync(program) ? false : `${program} is not installed`;

/** A browser for the tests of a file. */
export function useBrowser(): { page(options?: BrowserContextOptions): Promise<Page> } {
  let browser: Browser | undefined;
  before(async () => {
    browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  });
  after(() => browser?.close());
  return {
    page: async (options) => {
      if (!browser) throw new Error("the browser does not run");
      // Each page is another person's computer.
      const page = await (await browser.newContext(options)).newPage();
      page.setDefaultTimeout(10_000);
      return page;
    },
  };
}
