import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import { mostMinutes } from "../exercises/extend.ts";
import type { Who } from "./access.ts";
import type { Board } from "./board.ts";
import type { Jobs } from "./jobs.ts";
import { withMessage } from "./kept.ts";
import type { Labs } from "./labs.ts";
import { wrongRequest } from "./reply.ts";

const onExercise = z.strictObject({
  action: z.enum(["start", "check", "hint"]),
  student: z.string(),
  exercise: z.string(),
});
const extension = z.strictObject({
  action: z.literal("extend"),
  student: z.string(),
  exercise: z.string(),
  minutes: z.number().int().min(1).max(mostMinutes),
});
const onLab = z.strictObject({ action: z.enum(["reset", "pause", "resume"]), student: z.string() });
const message = z.strictObject({
  action: z.literal("message"),
  student: z.string(),
  text: z.string().trim().min(1).max(2000),
});
const answer = z.strictObject({ action: z.literal("answer"), student: z.string() });
const own = z.strictObject({
  action: z.enum(["raise", "lower", "read", "agree", "disagree"]),
  student: z.string(),
});

const ofInstructor = z.discriminatedUnion("action", [onExercise, extension, onLab, message, answer]);
const ofStudent = z.discriminatedUnion("action", [onExercise, own]);

export interface Acting {
  labs: Labs;
  board: Board;
  jobs: Jobs;
}

/** Does, or begins, what a page asks for. Throws what forbids it. */
export async function act(who: Who, body: unknown, acting: Acting): Promise<void> {
  const schema = who === "instructor" ? ofInstructor : ofStudent;
  const { data, error } = (
    schema as z.ZodType<z.output<typeof ofInstructor> | z.output<typeof ofStudent>>
  ).safeParse(
    who === "instructor" ? body : { student: who.student, ...(typeof body === "object" ? body : {}) },
  );
  if (!data) throw wrongRequest(error.issues.map(({ message }) => message).join("; "));
  const { labs, board, jobs } = acting;
  const { student } = data;
  if (who !== "instructor" && student !== who.student)
    throw new LabwrightError({
      code: "not-yours",
      message: "this is the lab of somebody else",
      remedy: "Load your own page again.",
    });
  if (!labs.students.includes(student))
    throw wrongRequest(`the class has no student ${JSON.stringify(student)}`);
  const at = new Date().toISOString();
  switch (data.action) {
    case "start":
    case "check":
    case "hint": {
      const { action, exercise } = data;
      assertExercise(labs, exercise);
      jobs.begin({
        student,
        title: `${action} ${exercise}`,
        work: (note) => labs[action](student, exercise, note),
      });
      return;
    }
    case "extend": {
      const { exercise, minutes } = data;
      assertExercise(labs, exercise);
      jobs.begin({
        student,
        title: `extend ${exercise} by ${minutes} min`,
        work: () => labs.extend(student, exercise, minutes),
      });
      return;
    }
    case "reset":
    case "pause":
    case "resume": {
      const { action } = data;
      const work = async (note: (text: string) => void) => {
        try {
          return await labs[action](student, note);
        } finally {
          await board.refreshLab(student);
        }
      };
      jobs.begin({ student, title: action, work });
      return;
    }
    case "message":
      return board.keep(student, (kept) => withMessage(kept, { text: data.text, at }));
    case "answer":
      return board.keep(student, ({ hand: _, ...kept }) =>
        withMessage(kept, { text: "Your instructor has seen your raised hand.", at }),
      );
    case "raise":
      return board.keep(student, (kept) => ({ ...kept, hand: kept.hand ?? at }));
    case "lower":
      return board.keep(student, ({ hand: _, ...kept }) => kept);
    case "agree":
      return board.keep(student, (kept) => ({ ...kept, agreed: kept.agreed ?? at }));
    case "disagree":
      return board.keep(student, ({ agreed: _, ...kept }) => kept);
    case "read":
      return board.keep(student, ({ message: _, ...kept }) => kept);
  }
}

function assertExercise({ tasks }: Labs, exercise: string): void {
  if (!tasks.some((task) => task.exercise === exercise))
    throw wrongRequest(`the class has no exercise ${JSON.stringify(exercise)}`);
}
