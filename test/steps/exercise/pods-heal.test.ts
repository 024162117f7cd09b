import { testCases } from "../../support/step-cases.ts";
import { cases } from "./pods-heal.cases.ts";

testCases(import.meta.filename, cases);
