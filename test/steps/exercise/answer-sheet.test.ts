import { testCases } from "../../support/step-cases.ts";
import { cases } from "./answer-sheet.cases.ts";

testCases(import.meta.filename, cases);
