import { testCases } from "../../support/step-cases.ts";
import { cases } from "./control-plane-works.cases.ts";

testCases(import.meta.filename, cases);
