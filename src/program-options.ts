import { InvalidArgumentError } from "commander";

export function atLeastOne(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("It must be a whole number, at least 1.");
}

export function portNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError("It must be a whole number from 1 to 65535.");
}

/** For options that take several values, also with commas between them. */
export const listed = (value: string, before: string[] = []): string[] => [...before, ...value.split(",")];

/** For options that may be given several times. */
export const repeated = (value: string, before: string[]): string[] => [...before, value];
