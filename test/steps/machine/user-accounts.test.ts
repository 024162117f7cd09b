import { testCases } from "../../support/step-cases.ts";
import { cases } from "./user-accounts.cases.ts";

testCases(import.meta.filename, cases);
