import { testCases } from "../../support/step-cases.ts";
import { cases } from "./http-blocked.cases.ts";

testCases(import.meta.filename, cases);
