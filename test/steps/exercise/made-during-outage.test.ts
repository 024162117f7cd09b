import { testCases } from "../../support/step-cases.ts";
import { cases } from "./made-during-outage.cases.ts";

testCases(import.meta.filename, cases);
