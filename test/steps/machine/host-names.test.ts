import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../../../src/lab/types.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, said, stepOf } from "../../support/steps.ts";
import { cases } from "./host-names.cases.ts";

testCases(import.meta.filename, cases);

const kept = (...lines: string[]): string =>
  ["# labwright: the machines of the lab", ...lines, "# labwright: end", ""].join("\n");
const asIs = kept("10.89.0.10 cp", "10.89.0.11 w1", "10.89.0.12 spare");
const found = (text: string, resolved = "") => ({
  hosts: said(`127.0.0.1 localhost\n${text}`),
  kept: said(text),
  resolved: said(resolved),
});

test("host-names: a machine that is only jumped through, at an unknown address, needs no line", async () => {
  const { check } = await stepOf("host-names");
  const hop: Machine = { name: "hop", role: "jump-host", user: "thor", sudo: "none" };
  const context = checkContextOf("cp");
  const addresses = new Map([...context.addresses, ["hop", ""]]);
  const behind = {
    ...context,
    addresses,
    lab: { ...context.lab, machines: [...context.lab.machines, hop] },
  };
  assert.deepEqual(check(found(asIs), behind), []);
});
