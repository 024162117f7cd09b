import { testCases } from "../../support/step-cases.ts";
import { cases } from "./jobs-done.cases.ts";

testCases(import.meta.filename, cases);
