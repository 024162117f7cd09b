import { testCases } from "../../support/step-cases.ts";
import { cases } from "./pod-evicted.cases.ts";

testCases(import.meta.filename, cases);
