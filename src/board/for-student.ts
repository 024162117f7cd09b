import type { StudentView } from "./view.ts";

/**
 * A view without what only the instructor sees. What a background check has seen is no news for the student, unless it has seen that
 * the exercise is passed.
 */
export const forStudent = ({ timeline: _, works, ...view }: StudentView): StudentView => ({
  ...view,
  works: works.map(({ background: _, ...work }) => work),
});
