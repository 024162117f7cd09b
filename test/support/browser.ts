import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const flags = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** The page that a real browser (Chromium) has at a URL, as HTML. Throws where there is no browser or no page. */
export async function pageAt(url: string): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), "labwright-browser-"));
  try {
    const { stdout } = await promisify(execFile)(
      "chromium",
      [...flags, `--user-data-dir=${profile}`, "--dump-dom", url],
      { timeout: 60_000 },
    );
    return stdout;
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
