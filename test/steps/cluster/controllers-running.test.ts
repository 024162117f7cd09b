import { testCases } from "../../support/step-cases.ts";
import { cases } from "./controllers-running.cases.ts";

testCases(import.meta.filename, cases);
