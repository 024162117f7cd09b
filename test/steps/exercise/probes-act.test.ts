import { testCases } from "../../support/step-cases.ts";
import { cases } from "./probes-act.cases.ts";

testCases(import.meta.filename, cases);
