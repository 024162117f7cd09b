import { testCases } from "../../support/step-cases.ts";
import { cases } from "./volume-outlives-pod.cases.ts";

testCases(import.meta.filename, cases);
