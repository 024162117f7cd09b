import { testCases } from "../../support/step-cases.ts";
import { cases } from "./control-plane-settings.cases.ts";

testCases(import.meta.filename, cases);
