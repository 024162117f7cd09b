import { testCases } from "../../support/step-cases.ts";
import { cases } from "./service-answers.cases.ts";

testCases(import.meta.filename, cases);
