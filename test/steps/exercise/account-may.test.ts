import { testCases } from "../../support/step-cases.ts";
import { cases } from "./account-may.cases.ts";

testCases(import.meta.filename, cases);
