import { testCases } from "../../support/step-cases.ts";
import { cases } from "./container-runtime.cases.ts";

testCases(import.meta.filename, cases);
