import { testCases } from "../../support/step-cases.ts";
import { cases } from "./pod-released.cases.ts";

testCases(import.meta.filename, cases);
