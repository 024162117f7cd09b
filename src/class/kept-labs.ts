import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { labId } from "../lab/identity.ts";
import { readJson, writeJson } from "../local/json-file.ts";
import type { Class } from "./class-file.ts";
import { classFolder, labNameOf } from "./labs.ts";

type Named = Pick<Class, "name">;
type Listed = Pick<Class, "name" | "exercises">;

/** Exercise → what a lab has of it. */
type OfLab<T> = Record<string, T>;

/** What a student's labs have of each exercise: the lab that there is, and those that are gone. */
export interface KeptLabs<T> {
  /** Exercise of the class → a value for each lab that has one. */
  all(one: Listed, student: string): Promise<ReadonlyMap<string, T[]>>;
  /** Keeps what a lab has that is going to be removed. The caller holds the lab's lock. */
  keep(one: Named, student: string): Promise<void>;
}

/** `ending` is that of the files, one for each student: their labs are removed side by side. */
export function keptLabs<T>(
  ending: string,
  schema: z.ZodType<T>,
  read: (lab: string) => Promise<OfLab<T>>,
): KeptLabs<T> {
  const fileOf = ({ name }: Named, student: string) =>
    join(classFolder(name), "results", `${student}${ending}`);
  // The lab's id → exercise → value.
  const whole: z.ZodType<Record<string, OfLab<T>>> = z.record(z.string(), z.record(z.string(), schema));
  const kept = async (one: Named, student: string) => (await readJson(fileOf(one, student), whole)) ?? {};

  /** By its id; empty if there is no lab. */
  async function current(one: Named, student: string): Promise<Record<string, OfLab<T>>> {
    const lab = labNameOf(one, student);
    const id = await labId(lab);
    return id === undefined ? {} : { [id]: await read(lab) };
  }

  return {
    all: async (one, student) => {
      const labs = Object.values({ ...(await kept(one, student)), ...(await current(one, student)) });
      return new Map(
        one.exercises.map((exercise) => [exercise, labs.flatMap((ofLab) => asList(ofLab[exercise]))]),
      );
    },
    keep: async (one, student) => {
      const now = await current(one, student);
      if (!Object.values(now).some((ofLab) => Object.keys(ofLab).length > 0)) return;
      const file = fileOf(one, student);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeJson(file, { ...(await kept(one, student)), ...now });
    },
  };
}

/** `flatMap` would take a value that is a list apart. */
const asList = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
