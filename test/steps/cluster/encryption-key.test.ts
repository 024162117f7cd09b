import { testCases } from "../../support/step-cases.ts";
import { cases } from "./encryption-key.cases.ts";

testCases(import.meta.filename, cases);
