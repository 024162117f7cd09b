import type { Estimate, Fit } from "../../../class/estimate.ts";
import { gib, reserve } from "../../../class/room.ts";
import { table } from "../../../ui/table.ts";
import { indent, span } from "../../../ui/text.ts";
import { agree, count } from "../../../wording.ts";
import type { Part } from "../../smoke/parts.ts";
import type { Rehearsal } from "./run.ts";

/** What a rehearsal has shown, for people. */
export const rehearsalText = ({ around, exercises, time, fit }: Rehearsal): string =>
  [
    exercises.length > 0 ? exerciseTable(exercises) : "",
    ...[...around, ...exercises].map(failureText),
    time ? `\n${timeText(time)}` : "",
    time ? fitText(time, fit) : "",
  ].join("");

function exerciseTable(exercises: readonly Part[]): string {
  const rows = exercises.map(({ name, outcome, seconds }) => [name, outcome, seconds.toFixed(1)]);
  return table([["exercise", "outcome", "seconds"], ...rows]);
}

function failureText({ name, details, error }: Part): string {
  if (!error) return "";
  const lines = [error.message, ...(error.output ? [error.output] : []), ...details, error.remedy];
  return `${name} failed:\n${indent(lines.join("\n"), "    ")}\n`;
}

function timeText({ missing, jobs, first, each, all }: Estimate): string {
  const seconds = (value: number) => span(value * 1000);
  const once = first > each ? `, of which ${seconds(first - each)} for downloads and builds, done once` : "";
  const lines = [`This lab was made in ${seconds(first)}${once}.`];
  if (missing === 0) return `${lines.join("")} Every student has a lab already.\n`;
  const further = missing === 1 ? "" : `, then ${count(missing - 1, "further lab")}, ${jobs} side by side`;
  lines.push(
    `Time for ${count(missing, "lab")}: about ${seconds(all)} (the first lab alone ${seconds(each)}${further}, each ${seconds(each)} by itself).`,
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether the labs that are missing fit, with figures. */
function fitText({ missing }: Estimate, fit: Fit | undefined): string {
  if (!fit)
    return "Whether they fit is not known: the computer with the machines is not asked what it has left.\n";
  const { need, capacity, fits, isEnough } = fit;
  const { memory, disk, place } = capacity;
  const each = `${gib(need.memory)} of memory and ${gib(need.disk)} of disk each`;
  const there = `${gib(memory)} of memory are available on ${place}, of which ${gib(reserve)} stay for it${disk ? `, and ${gib(disk.free)} of disk are free in ${disk.folder}` : ""}`;
  const needed = `Needed for ${count(missing, "lab")}: ${gib(missing * need.memory)} of memory and ${gib(missing * need.disk)} of disk (${each}). ${there}.`;
  const verdict = isEnough
    ? `All students fit: ${count(fits, "lab")} would.`
    : `Not all students fit: ${count(fits, "lab")} ${agree(fits, "would", "would")}. Give the machines of the lab file less, or free some memory or disk.`;
  return `${needed}\n${verdict}\n`;
}
