import { testCases } from "../../support/step-cases.ts";
import { cases } from "./api-server-names.cases.ts";

testCases(import.meta.filename, cases);
