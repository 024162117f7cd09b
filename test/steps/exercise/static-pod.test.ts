import { testCases } from "../../support/step-cases.ts";
import { cases } from "./static-pod.cases.ts";

testCases(import.meta.filename, cases);
