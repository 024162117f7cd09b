import { testCases } from "../../support/step-cases.ts";
import { cases } from "./control-plane-endpoint.cases.ts";

testCases(import.meta.filename, cases);
