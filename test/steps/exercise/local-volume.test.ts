import { testCases } from "../../support/step-cases.ts";
import { cases } from "./local-volume.cases.ts";

testCases(import.meta.filename, cases);
