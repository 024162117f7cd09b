import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageFolder } from "../paths.ts";
import { commonHeaders } from "./reply.ts";

/** What a browser loads: our own modules and styles, and files of packages as they are. */
export interface Pages {
  send(response: ServerResponse, path: string): boolean;
  /** The page itself, which is the same for everybody. */
  sendPage(response: ServerResponse): void;
}

/** What the page's modules import by a bare name → the package's file. */
const modules = {
  preact: "preact",
  "preact/hooks": "preact/hooks",
  htm: "htm",
  "htm/preact": "htm/preact",
  "@xterm/xterm": "@xterm/xterm/lib/xterm.mjs",
  "@xterm/addon-fit": "@xterm/addon-fit/lib/addon-fit.mjs",
} as const;

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const moduleUrl = (name: string): string => `/modules/${name}.js`;

const importMap = JSON.stringify({
  imports: Object.fromEntries(Object.keys(modules).map((name) => [name, moduleUrl(name)])),
});

/**
 * Only our own scripts, and the import map, by its hash. xterm.js writes its colours and sizes into a style element, so styles are let
 * in; a style runs nothing, and nothing is loaded from elsewhere.
 */
const policy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Reads all files once: there are few, and they do not change while the board runs. */
export async function openPages(): Promise<Pages> {
  const folder = join(packageFolder, "web");
  const own = (await readdir(folder)).filter((name) => types[extname(name)] !== undefined);
  const files = new Map(
    await Promise.all([
      ...own.map(async (name) => [`/web/${name}`, await fileAt(join(folder, name))] as const),
      ...Object.entries(modules).map(
        async ([name, target]) => [moduleUrl(name), await fileAt(pathOf(target), ".js")] as const,
      ),
      fileAt(pathOf("@xterm/xterm/css/xterm.css")).then((file) => ["/modules/xterm.css", file] as const),
    ]),
  );
  const page = (await readFile(join(folder, "index.html"), "utf8")).replace("IMPORT_MAP", importMap);
  return {
    send: (response, path) => {
      const file = files.get(path);
      if (!file) return false;
      response.writeHead(200, {
        ...commonHeaders,
        "Content-Type": file.type,
        "Content-Length": file.body.length,
      });
      response.end(file.body);
      return true;
    },
    sendPage: (response) => {
      response.writeHead(200, {
        ...commonHeaders,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
      });
      response.end(page);
    },
  };
}

const pathOf = (module: string): string => fileURLToPath(import.meta.resolve(module));

const fileAt = async (path: string, extension = extname(path)) => ({
  type: types[extension] ?? "application/octet-stream",
  body: await readFile(path),
});
