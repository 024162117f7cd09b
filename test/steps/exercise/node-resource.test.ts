import { testCases } from "../../support/step-cases.ts";
import { cases } from "./node-resource.cases.ts";

testCases(import.meta.filename, cases);
