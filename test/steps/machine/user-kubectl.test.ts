import { testCases } from "../../support/step-cases.ts";
import { cases } from "./user-kubectl.cases.ts";

testCases(import.meta.filename, cases);
