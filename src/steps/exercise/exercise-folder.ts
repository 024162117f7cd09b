import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { rights } from "../../hosts/rights.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { backUp, isMadeBy, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

const ownerOf = (path: string): string => `exercise-folder${path.replaceAll("/", "-")}`;

const isOurs = (path: string): Command => isMadeBy(ownerOf(path), path);

export const exerciseFolder = step({
  summary:
    "Creates a folder for an exercise, with files to start with; students may change everything in it.",
  params: z.strictObject({
    path: z
      .string()
      .regex(/^\/[a-z]+(\/[a-z0-9-]+)+$/, "an absolute path of at least two lower-case words is expected")
      .describe("The absolute path of the folder, with at least two parts."),
    files: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), z.string())
      .default({})
      .describe("The files in it: name and content."),
  }),
  example: { path: "/srv/drill", files: { "notes.txt": "Begin here.\n" } },

  probe: ({ path }) => ({ folder: sh`test -d ${path} && ${isOurs(path)}` }),

  check: (facts, { path }) => (facts.folder.code === 0 ? [] : [`the folder ${path} has not been made`]),

  apply: async (host, { path, files }) => {
    await host.run(backUp(ownerOf(path), { own: [path] }));
    const { code } = await host.run(
      sh`${rights}
      ${isOurs(path)} && labwright_as ${path} mkdir -p ${path} && labwright_as ${path} chmod 700 ${path}`,
      { accept: "any" },
    );
    if (code !== 0) throw taken(path, host.name);
    for (const [name, content] of Object.entries(files)) {
      await host.write({ path: `${path}/${name}`, content, mode: 0o600 });
    }
  },

  places: ({ path }) => [{ kind: "file", name: path }],

  undo: async (host, { path }, context) => {
    await restore(host, context, ownerOf(path));
  },
});

const taken = (path: string, host: string): LabwrightError =>
  new LabwrightError({
    code: "folder-taken",
    message: `${path} on ${host} already exists, and labwright did not create it`,
    remedy: "Move it away: the exercise needs a folder of that name.",
  });
