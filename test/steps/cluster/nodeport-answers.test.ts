import { testCases } from "../../support/step-cases.ts";
import { cases } from "./nodeport-answers.cases.ts";

testCases(import.meta.filename, cases);
