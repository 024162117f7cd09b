import { testCases } from "../../support/step-cases.ts";
import { cases } from "./namespace.cases.ts";

testCases(import.meta.filename, cases);
