import { z } from "zod";
import type { Form } from "../lab/form.ts";
import { label, userPattern } from "../lab/names.ts";
import { machineName, machineNames } from "../playbooks/on.ts";

const word = z.string().min(1);
const text = z.string().regex(/\S/, "say something here");

/** `90s`, `30m`, `2h`: in seconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[smh]$/, "a time is a number with s, m or h, such as 30m")
  .transform(
    (value) => Number(value.slice(0, -1)) * { s: 1, m: 60, h: 3600 }[value.slice(-1) as "s" | "m" | "h"],
  );

/** A task as playbooks have it: a step's name, or a step's name with its parameters. */
const task = z.union([word, z.record(word, z.unknown())]);

const play = z.strictObject({
  title: text.optional(),
  on: machineNames,
  tasks: z.array(task).min(1),
});

const names = z.array(word).default([]);
/** Neither all of a machine's settings, nor all data of its users. */
const ownPath = z
  .string()
  .regex(
    /^(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*){2,}$/,
    "an absolute path of at least two words, without dots first, is expected",
  );

const place = z.strictObject({
  on: machineNames,
  accounts: z.array(z.string().regex(userPattern)).default([]),
  containers: names,
  files: z.array(ownPath).default([]),
  images: names,
  namespaces: names,
  networks: names,
  objects: z
    .array(
      z.string().regex(/^[a-z]+(\/[a-z0-9.:-]+){1,2}$/, "`kind/name` or `kind/namespace/name` is expected"),
    )
    .default([]),
  volumes: names,
});

const machine = z.looseObject({ name: word });

const attempt = z.strictObject({ name: text, on: machineName, run: text, expect: text });

/** An exercise's name is its folder's, a label like a host name: safe in paths and shells. */
export const exerciseName = label;

export const exerciseSchema = z.strictObject({
  title: text,
  points: z.int().min(0).max(1000).default(10),
  timeLimit: duration.optional(),
  needs: z.array(z.union([machineName, machine])).default([]),
  places: z.array(place).default([]),
  setup: z.array(play).default([]),
  goal: z.array(play).min(1),
  hints: z.array(text).default([]),
  wrong: z.array(attempt).default([]),
});

export const exerciseForm: Form = {
  whole: "an exercise",
  schema: () => z.toJSONSchema(exerciseSchema, { io: "input" }),
  remedy: "see docs/exercises.md for the form of an exercise",
  example: "begin with keys, such as `title: A network`",
  places: {
    "setup.*": "a play of setup",
    "goal.*": "a goal",
    "places.*": "an entry of places",
    "wrong.*": "an attempt",
  },
};

export type ExerciseInput = z.output<typeof exerciseSchema>;
export type PlayInput = z.output<typeof play>;
export type PlaceInput = z.output<typeof place>;
