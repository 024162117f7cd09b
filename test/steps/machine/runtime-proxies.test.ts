import { testCases } from "../../support/step-cases.ts";
import { cases } from "./runtime-proxies.cases.ts";

testCases(import.meta.filename, cases);
