import { InvalidArgumentError } from "commander";

export function atLeastOne(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("It must be a whole number, at least 1.");
}

/** For options that take several values, also with commas between them. */
export const listed = (value: string, before: string[] = []): string[] => [...before, ...value.split(",")];

/** For options that may be given several times. */
export const repeated = (value: string, before: string[]): string[] => [...before, value];
