import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { isRecord } from "../../lab/finding.ts";
import { readYaml, writeYaml } from "../../lab/yaml.ts";
import { step } from "../step.ts";

const answer = z.union([z.string().min(1), z.number(), z.boolean()]);

export const answerSheet = step({
  summary: "Compares a student's answers in a YAML file with the right ones, without naming those.",
  params: z.strictObject({
    file: z.string().regex(/^\//, "an absolute path is expected").describe("The answer sheet."),
    answers: z.record(z.string().min(1), answer).describe("The right answers: key and value."),
  }),
  example: { file: "/root/tour/answers.yaml", answers: { members: 3, leader: "cp1" } },

  probe: ({ file }) => ({ sheet: sh`head -c 65536 ${file}` }),

  check: ({ sheet }, { file, answers }) => {
    if (sheet.code !== 0) return [`${file} is missing`];
    const given = sheetIn(sheet.stdout);
    if (!given) return [`the answer sheet ${file} is not YAML with a key for each answer`];
    return Object.entries(answers).flatMap(([key, right]) => {
      const found = Object.hasOwn(given, key) ? given[key] : undefined;
      if (found === undefined || found === null || found === "") return [`${key}: there is no answer`];
      return String(found) === String(right) ? [] : [`${key}: ${JSON.stringify(found)} is not it`];
    });
  },

  apply: async (host, { file, answers }, _, { sheet }) => {
    const content = writeYaml({ ...sheetIn(sheet.stdout), ...answers });
    await host.write({ path: file, content, mode: 0o600 });
  },
});

function sheetIn(text: string): Record<string, unknown> | undefined {
  try {
    const { value } = readYaml(text, "the answer sheet");
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
