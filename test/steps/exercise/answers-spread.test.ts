import { testCases } from "../../support/step-cases.ts";
import { cases } from "./answers-spread.cases.ts";

testCases(import.meta.filename, cases);
