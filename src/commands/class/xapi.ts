import { emptyStore } from "../../artifacts/lazy.ts";
import type { Class } from "../../class/class-file.ts";
import { workOf } from "../../class/work.ts";
import { statementsOf, statementsText } from "../../class/xapi.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { findExercise } from "../../exercises/find.ts";
import { shown } from "../../lab/nearest.ts";

/** What these students have done, as statements of xAPI. */
export async function xapiText(
  one: Class,
  students: readonly string[],
  homePage: string | undefined,
): Promise<string> {
  const titles = one.exercises.map(
    async (name) => [name, (await findExercise(one.labFile, name, emptyStore)).title] as const,
  );
  const works = await Promise.all(students.map((student) => workOf(one, student)));
  return statementsText(
    statementsOf(one, works.flat(), { titles: new Map(await Promise.all(titles)), homePage }),
  );
}

/** Throws `home-page` (exit code 2) unless a text is a site's address as xAPI wants it, to which the path of an exercise can be added. */
export function assertHomePage(text: string): void {
  const url = URL.parse(text);
  const isSite = url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
  if (isSite && [text, `${text}/`].includes(url.href)) return;
  throw new LabwrightError({
    code: "home-page",
    message: `${shown(text)} is not the address of a site`,
    remedy: isSite ? `Write ${url.href}.` : "Write one such as https://school.example, without `?` and `#`.",
    exit: exitCode.usage,
  });
}
