import { z } from "zod";
import { rights } from "../../hosts/rights.ts";
import { sh } from "../../hosts/sh.ts";
import { userPattern } from "../../lab/names.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

const path = z
  .string()
  .max(1000)
  .regex(/^\/[^\0\n]*[^/\0\n]$/, "a path is absolute, and names a file")
  .refine((value) => !value.split("/").includes(".."), "a path must not contain ..");

/** The folder for an owner's backup of a path; the name has no slashes. */
const ownerOf = (file: string): string =>
  `file${file.replaceAll(/[^A-Za-z0-9.]/g, (one) => `_${one.charCodeAt(0).toString(16)}`)}`;

export const file = step({
  summary:
    "Writes a file with a content, an owner and a mode; only the settings that are given are compared.",
  params: z.strictObject({
    path: path.describe("The absolute path of the file."),
    content: z.string().optional().describe("The whole content."),
    owner: z
      .string()
      .regex(userPattern, "a user name is expected")
      .optional()
      .describe("The user who owns the file."),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, "a mode is three octal digits, such as 0600")
      .transform((mode) => mode.padStart(4, "0"))
      .optional()
      .describe("The permissions, in quotes: three octal digits."),
  }),
  example: { path: "/etc/motd", content: "Welcome to the lab.\n", owner: "root", mode: "0644" },

  probe: ({ path }) => ({
    state: sh`stat -c '%F/%U/0%a' ${path}`,
    content: sh`[ ! -f ${path} ] || head -c 1048576 ${path}`,
  }),

  check: ({ state, content }, wanted) => {
    if (state.code !== 0) return [`there is no file ${wanted.path}`];
    const [kind = "", owner = "", mode = ""] = state.stdout.trim().split("/");
    if (!kind.endsWith("file")) return [`${wanted.path} is a ${kind}, not a file`];
    return [
      ...(wanted.owner === undefined || wanted.owner === owner
        ? []
        : [`${wanted.path}: its owner is ${owner}, expected is ${wanted.owner}`]),
      ...(wanted.mode === undefined || wanted.mode === mode
        ? []
        : [`${wanted.path}: its mode is ${mode}, expected is ${wanted.mode}`]),
      ...(wanted.content === undefined || wanted.content === content.stdout
        ? []
        : [`${wanted.path} has another content than expected`]),
    ];
  },

  apply: async (host, { path, content, owner = "root", mode = "0644" }) => {
    await host.run(backUp(ownerOf(path), { files: [path] }));
    if (content !== undefined) {
      await host.write({ path, content, owner: `${owner}:`, mode: Number.parseInt(mode, 8) });
      return;
    }
    await host.run(sh`${rights}
      labwright_give ${path} ${`${owner}:`} ${mode}`);
  },

  places: ({ path }) => [{ kind: "file", name: path }],

  undo: async (host, { path }, context) => {
    await restore(host, context, ownerOf(path));
  },
});
