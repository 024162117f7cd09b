import { testCases } from "../../support/step-cases.ts";
import { cases } from "./api-answers.cases.ts";

testCases(import.meta.filename, cases);
