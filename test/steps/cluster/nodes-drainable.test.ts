import { testCases } from "../../support/step-cases.ts";
import { cases } from "./nodes-drainable.cases.ts";

testCases(import.meta.filename, cases);
