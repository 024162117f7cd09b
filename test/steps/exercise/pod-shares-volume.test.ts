import { testCases } from "../../support/step-cases.ts";
import { cases } from "./pod-shares-volume.cases.ts";

testCases(import.meta.filename, cases);
