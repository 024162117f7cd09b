import { z } from "zod";
import type { Attempt, HistoryEntry } from "../exercises/history.ts";
import type { Class } from "./class-file.ts";
import { extensionOf } from "./history.ts";
import { extendedBy, phaseAt } from "./times.ts";
import { uuidOf } from "./uuid.ts";
import type { Work } from "./work.ts";

// Numbers of sections are those of the specification: https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md

/** A language tag → the text in that language (4.2). */
type LanguageMap = Record<string, string>;

/** IRI → value (4.1). */
type Extensions = Record<string, string | number>;

export interface Result {
  score?: { scaled: number; raw: number; min: number; max: number };
  success: boolean;
  duration: string;
  extensions: Extensions;
}

/** A statement of xAPI 1.0.3. `version` is left out, as 2.4.10 asks for. */
export interface Statement {
  id: string;
  actor: { objectType: "Agent"; account: { homePage: string; name: string } };
  verb: { id: string; display: LanguageMap };
  object: { objectType: "Activity"; id: string; definition: { name: LanguageMap; type: string } };
  result?: Result;
  context: { platform: string; extensions?: Extensions };
  timestamp: string;
}

/** Verbs of ADL's registry. To ask is what taking a hint is in Open edX too. */
const verbs = { started: "initialized", hint: "asked", check: "attempted", passed: "passed" } as const;
const adl = "http://adlnet.gov/expapi";
const platform = "labwright";

export interface XapiOptions {
  /** Exercise → its title. */
  titles: ReadonlyMap<string, string>;
  /** Whose accounts the students are, and below which exercises have their IRIs; without it, those of the class alone. */
  homePage?: string | undefined;
}

/**
 * What students have done, as statements by time. Real names stay out. Ids come from the contents, so that a second export has the same
 * statements.
 */
export function statementsOf(
  { name, times }: Pick<Class, "name" | "times">,
  works: readonly Work[],
  { titles, homePage = `https://labwright.invalid/classes/${name}` }: XapiOptions,
): Statement[] {
  const base = homePage.replace(/\/+$/, "");
  const resultOf = ({ passed, points, of, right, goals, seconds }: Attempt): Result => ({
    // A score has a max that is more than its min (2.4.5.1).
    ...(of > 0 && { score: { scaled: points / of, raw: points, min: 0, max: of } }),
    success: passed,
    // 4.6: a hundredth of a second at most.
    duration: `PT${Number(seconds.toFixed(2))}S`,
    extensions: { [`${base}/extensions/right`]: right, [`${base}/extensions/goals`]: goals },
  });

  function statement(
    { student, exercise }: Work["grade"],
    what: keyof typeof verbs,
    at: string,
    { result, hint }: { result?: Result; hint?: number } = {},
  ): Statement {
    const [actor, verb] = [{ homePage, name: student }, `${adl}/verbs/${verbs[what]}`];
    const [object, timestamp] = [`${base}/exercises/${exercise}`, new Date(at).toISOString()];
    const extensions = hint === undefined ? undefined : { [`${base}/extensions/hint`]: hint };
    return {
      id: uuidOf(JSON.stringify([actor, verb, object, result, extensions, timestamp])),
      actor: { objectType: "Agent", account: actor },
      verb: { id: verb, display: { en: verbs[what] } },
      object: {
        ...{ objectType: "Activity", id: object },
        // Nobody says in which language an exercise is written.
        definition: {
          name: { und: titles.get(exercise) ?? exercise },
          type: `${adl}/activities/assessment`,
        },
      },
      ...(result && { result }),
      context: { platform, ...(extensions && { extensions }) },
      timestamp,
    };
  }

  function ofEntry(work: Work, entry: HistoryEntry): Statement[] {
    const { grade } = work;
    switch (entry.what) {
      case "started":
        return [statement(grade, "started", entry.at)];
      case "hint":
        return [statement(grade, "hint", entry.at, { hint: entry.hint })];
      case "check": {
        // What is graded after the exercise was closed is an attempt, and does not count else. Only the extensions until then move the closing:
        // a later one must not change a statement that a store may have, but it can make this the first pass that counts.
        const until = work.history?.filter(({ at }) => at <= entry.at);
        const ends = extendedBy(times?.get(grade.exercise) ?? {}, extensionOf(until));
        const isLate = phaseAt(ends, new Date(entry.at)) === "closed";
        const result = { result: resultOf(entry) };
        return [
          ...(entry.background ? [] : [statement(grade, "check", entry.at, isLate ? {} : result)]),
          ...(entry.passed && entry.at === grade.firstPass
            ? [statement(grade, "passed", entry.at, result)]
            : []),
        ];
      }
      default:
        return [];
    }
  }

  return works
    .flatMap((work) => (work.history ?? []).flatMap((entry) => ofEntry(work, entry)))
    .sort((one, other) => one.timestamp.localeCompare(other.timestamp));
}

/** Statements as a JSON array, one in a line. */
export const statementsText = (statements: readonly Statement[]): string =>
  `[\n${statements.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`;

const ownStatements = z
  .array(z.object({ id: z.uuid(), context: z.object({ platform: z.literal(platform) }) }))
  .min(1);

/** Whether a text that is JSON has nothing but statements of ours. */
export const areOwnStatements = (text: string): boolean =>
  text === statementsText([]) || ownStatements.safeParse(JSON.parse(text)).success;
