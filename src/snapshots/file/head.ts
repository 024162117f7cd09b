import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { label, longestName } from "../../lab/names.ts";
import { recordSchema } from "../record.ts";
import { headOf } from "./archive.ts";
import { damaged, notSnapshot } from "./errors.ts";

/** Changes with what an import needs of a file. */
export const fileForm = 1;

const kindSchema = z.looseObject({ kind: z.literal("labwright snapshot file"), form: z.number() });

const headSchema = kindSchema.extend({
  /** The lab's name. */
  lab: z.string(),
  record: recordSchema.extend({ name: z.string().regex(label).max(longestName) }),
  /** What the provider says of its parts. */
  about: z.unknown(),
});

/** What the file of a snapshot begins with. */
export type Head = z.output<typeof headSchema>;

export const headFor = ({ lab, record, about }: Pick<Head, "lab" | "record" | "about">): Head => ({
  ...{ kind: "labwright snapshot file", form: fileForm },
  ...{ lab, record, about },
});

/** The head of a snapshot's file. Throws `not-a-snapshot`, `snapshot-file-damaged`, or the reason why it cannot be read. */
export async function readHead(file: string): Promise<Head> {
  const value = await headOf(file);
  const kind = kindSchema.safeParse(value);
  if (!kind.success) throw notSnapshot(file, kind.error);
  if (kind.data.form !== fileForm)
    throw new LabwrightError({
      code: "snapshot-file-form",
      message: `${file} has the form ${kind.data.form}, and this labwright reads the form ${fileForm}`,
      remedy: "Import it with the version of labwright that exported it.",
    });
  const head = headSchema.safeParse(value);
  if (!head.success) throw damaged(file, "its first entry is another one", head.error);
  return head.data;
}
