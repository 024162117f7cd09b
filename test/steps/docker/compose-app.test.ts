import { testCases } from "../../support/step-cases.ts";
import { cases } from "./compose-app.cases.ts";

testCases(import.meta.filename, cases);
