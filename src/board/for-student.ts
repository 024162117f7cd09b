import type { StudentView } from "./view.ts";

/**
 * A view without what only the instructor sees. The student hears nothing of what a background check has seen, unless that is a pass.
 */
export const forStudent = ({ timeline: _, works, ...view }: StudentView): StudentView => ({
  ...view,
  works: works.map(({ background: _, ...work }) => work),
});
