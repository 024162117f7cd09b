import type { Board } from "./board.ts";

/** How often the files of all students are looked at, in milliseconds. */
const each = 500;
/** How often one of the labs is asked how it is, while an instructor looks; in milliseconds. */
const eachLab = 5000;

/** Keeps a board up to date with what commands in other terminals do. A student's files are read again only if they have changed. */
export function keepWatching(
  board: Board,
  students: readonly string[],
  isSeen: () => boolean,
  report: (error: unknown) => void,
): { stop(): void } {
  let isBusy = false;
  const quietly = async (work: () => Promise<void>) => {
    if (isBusy) return;
    isBusy = true;
    await work()
      .catch(report)
      .finally(() => {
        isBusy = false;
      });
  };
  const files = setInterval(() => void quietly(() => board.refresh()), each);
  let next = 0;
  let isAsking = false;
  const labs = setInterval(() => {
    const student = students[next % students.length];
    if (student === undefined || isAsking || !isSeen()) return;
    next += 1;
    isAsking = true;
    board
      .refreshLab(student)
      .catch(report)
      .finally(() => {
        isAsking = false;
      });
  }, eachLab);
  return {
    stop: () => {
      clearInterval(files);
      clearInterval(labs);
    },
  };
}
